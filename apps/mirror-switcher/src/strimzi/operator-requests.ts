import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { MirrorUnreconciledError } from '../errors.js';
import type { HeldMirrorMaker, HeldObject } from './held-mirror-maker.js';
import type { MirrorMaker } from './mirror-maker.js';
import { warningsOf } from './progress.js';

/**
 * What Strimzi's cluster operator does when it is asked by annotation. Asking makes it look at once: else it would see
 * up to two minutes later what became of a connector.
 */
export class OperatorRequests {
  constructor(
    private readonly mirrorMaker: MirrorMaker,
    private readonly clock: Clock,
    private readonly pollMs: number,
  ) {}

  /**
   * Answers what was seen once it is done. A list is asked for by every object, so that the operator looks at each of its
   * connectors; an alteration by the first alone. One at a time: what somebody else has asked for is waited for first.
   * @throws MirrorUnreconciledError when it was not done in time, and as the reading of the resource
   */
  async perform(
    what: 'list' | 'alter',
    signal: AbortSignal,
    /** Whether it may still be asked for of what is there now. */
    check: (held: HeldMirrorMaker) => void = () => undefined,
  ): Promise<HeldMirrorMaker> {
    const asked = new Set<number>();
    let last: HeldMirrorMaker | undefined;
    while (!signal.aborted) {
      const held = await this.seen(signal);
      const objects = what === 'list' ? held?.objects : held?.objects.slice(0, 1);
      if (held && objects?.every((each, at) => asked.has(at) && each.asked === undefined)) return held;
      const free = [...(objects ?? []).entries()].filter(([at, each]) => !asked.has(at) && each.asked === undefined);
      if (held && free.length > 0) {
        check(held);
        const isAsked = await Promise.all(free.map(([at, each]) => this.ask(each, at, { what, signal, asked })));
        if (isAsked.includes(false)) continue;
      }
      last = held ?? last;
      await this.clock.sleep(this.pollMs, signal);
    }
    throw new MirrorUnreconciledError(`${this.mirrorMaker.name}: the cluster operator did not ${what} ${since(last)}`);
  }

  private async ask(
    seen: HeldObject,
    at: number,
    { what, signal, asked }: { what: 'list' | 'alter'; signal: AbortSignal; asked: Set<number> },
  ): Promise<boolean> {
    const isAsked = await this.mirrorMaker.ask(seen, at, what, signal);
    if (isAsked) asked.add(at);
    return isAsked;
  }

  /** Undefined where the API server did not answer. */
  private async seen(signal: AbortSignal): Promise<HeldMirrorMaker | undefined> {
    try {
      return await this.mirrorMaker.read(signal);
    } catch (error) {
      if (error instanceof UnavailableError) return undefined;
      throw error;
    }
  }
}

function since(last: HeldMirrorMaker | undefined): string {
  if (!last) return 'its offsets in time: the API server did not answer';
  const warnings = warningsOf(last);
  const said = last.objects.some(({ isPaused }) => isPaused) ? ['its reconciliation is paused'] : warnings;
  return `its offsets in time: ${said.length > 0 ? said.join('; ') : 'look whether it runs'}`;
}
