import { SignalboxError } from '#libs/domain';
import { STAMPS } from '#libs/kubernetes';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import { wantedOfAll, type HeldMirrorMaker } from './held-mirror-maker.js';
import type { MirrorMaker } from './mirror-maker.js';
import { progressOf, warningsOf } from './progress.js';

const EVERY_MS = 10_000;

/** Looks at the resources of Strimzi's before a run depends on them, and says what would stand in its way. */
export class StrimziWatch {
  private stops: readonly Stop[] = [];

  constructor(
    private readonly mirrorMakers: readonly MirrorMaker[],
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly timeoutMs: number,
  ) {}

  start(): void {
    this.stops = this.mirrorMakers.map((each) => this.clock.every(EVERY_MS, () => this.look(each)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  /** One look. */
  async look(mirrorMaker: MirrorMaker): Promise<void> {
    try {
      const held = await mirrorMaker.read(AbortSignal.timeout(this.timeoutMs));
      const wanted = wantedOfAll(held).every((each) => each === 'running') ? 'running' : 'stopped';
      const progress = progressOf(held, wanted);
      const problems = [
        ...unfenced(held),
        ...(progress.state === 'settled' ? [] : [`${progress.state}: ${progress.problem}`]),
        ...warningsOf(held),
      ];
      if (problems.length === 0) this.readiness.ready(mirrorMaker.name);
      else this.readiness.missing(mirrorMaker.name, problems.join('; '));
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.readiness.missing(mirrorMaker.name, error.message);
    }
  }
}

const unfenced = ({ objects }: HeldMirrorMaker): readonly string[] =>
  objects.some(({ stamps }) => stamps.group === undefined)
    ? [`without the label ${STAMPS.group} nothing fences it before the first run`]
    : [];
