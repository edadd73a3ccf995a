import { keyringOf } from '#libs/contracts';
import { processId, resourceKey, type SiteId, type WorkerKind } from '#libs/domain';
import { StepWorker } from '#libs/jobs';
import { keys, type Journal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, Random } from '#libs/runtime';
import { Evaluation } from '../../apps/orchestrator/src/group/evaluation.js';
import { GroupLoop } from '../../apps/orchestrator/src/group/group-loop.js';
import { GroupPulse } from '../../apps/orchestrator/src/group/group-pulse.js';
import { GroupReader } from '../../apps/orchestrator/src/group/group-reader.js';
import { leaderName } from '../../apps/orchestrator/src/group/group-transaction.js';
import { GroupVersions } from '../../apps/orchestrator/src/group/group-versions.js';
import { Leadership } from '../../apps/orchestrator/src/group/leadership.js';
import { NameNotes } from '../../apps/orchestrator/src/group/name-notes.js';
import { ReassertionNotes } from '../../apps/orchestrator/src/group/reassertion-notes.js';
import { Retention } from '../../apps/orchestrator/src/group/retention.js';
import { SelfFenceWatch } from '../../apps/orchestrator/src/group/self-fence-watch.js';
import { RunDriver } from '../../apps/orchestrator/src/run/run-driver.js';
import { a, b, w, type Stage } from '../support/group-stage.js';
import { Chronicle } from './chronicle.js';
import { Cuts, type Cut } from './cuts.js';
import { Life } from './life.js';
import { MortalJournal } from './mortal.journal.js';
import { MortalResource, type World } from './world.js';

/** How long it takes until a process that died is there again, as another incarnation. */
const RESTART_MS = 300;
const POLL_MS = 3_000;
/** How often the orchestrator looks. It is not woken in between: looking costs more than all the rest of a play. */
const LOOK_MS = 100;
const WORKERS: readonly WorkerKind[] = ['site-guard', 'mirror-switcher', 'dns-switcher', 'config-switcher'];

/** Ids in the order in which they are drawn, so that a play is the same every time. */
class CountedRandom extends Random {
  private drawn = 0;

  override fraction(): number {
    return 0.5;
  }

  override id(): string {
    return String(this.drawn++).padStart(6, '0');
  }
}

/** The processes of a play: the real loops, each of them on a journal and on resources that it can be cut off from. */
export class Cast {
  readonly chronicle = new Chronicle();
  readonly cuts: Cuts;
  readonly random = new CountedRandom();

  constructor(
    readonly stage: Stage,
    readonly world: World,
    cuts: readonly Cut[],
  ) {
    this.cuts = new Cuts(cuts);
  }

  /** An orchestrator at the witness; when it dies another incarnation of it follows. */
  orchestrator(): void {
    const { stage, random } = this;
    const { clock, topology, settings } = stage;
    const { fenceMarginMs, leaderTtlMs: ttlMs, requestTimeoutMs: commitMs, leaderLagMaxMs: lagMaxMs } = topology.policy;
    const process = processId('orchestrator@w');
    this.incarnation(process, (journal) => {
      const log = new InMemoryLog();
      const readiness = new ProcessReadiness(log, clock);
      const selfFences = new SelfFenceWatch(clock, fenceMarginMs);
      const parts = {
        selfFences,
        reader: new GroupReader(journal, settings, keyringOf(topology), log),
        evaluation: new Evaluation(settings, [a, b, w], clock, random),
        driver: new RunDriver(settings, clock, selfFences),
        notes: new ReassertionNotes(clock),
        nameNotes: new NameNotes(clock),
        versions: new GroupVersions(readiness),
        retention: new Retention(journal, clock, topology.policy.retentionDays),
      };
      const ports = { journal, clock, log, readiness, timeSamples: () => [] };
      const leadership = new Leadership(ports, { ttlMs, commitMs, lagMaxMs });
      const leader = { name: leaderName(process, random.id()), actor: { kind: 'process', id: process } } as const;
      const loop = new GroupLoop(parts, journal, clock, leadership, leader, () => undefined);
      const nothing = () => undefined;
      const heard = { onAvailable: nothing, onUnavailable: nothing };
      const pulse = new GroupPulse({ clock, settle: () => loop.settle(), restMs: () => LOOK_MS, ...heard });
      void pulse.run();
    });
  }

  /** All workers of a site. */
  workersAt(site: SiteId): void {
    for (const worker of WORKERS) this.worker(site, worker);
  }

  /** Until a worker has been told to do a step of that name. */
  async reaches(step: string): Promise<void> {
    const { clock, journal } = this.stage;
    const isOpen = async () => {
      const { entries } = await journal.read(keys.openSteps(a), keys.openSteps(b));
      return entries.some(({ key }) => key.endsWith(`.${step}`));
    };
    while (!(await isOpen())) await clock.sleep(LOOK_MS);
  }

  /** A process that is started again, `RESTART_MS` after each of its deaths. */
  incarnation(process: string, start: (journal: Journal, life: Life) => void): void {
    const { clock, journal } = this.stage;
    const life = new Life(process, () => void clock.sleep(RESTART_MS).then(() => this.incarnation(process, start)));
    start(new MortalJournal(journal, life, this.cuts, this.chronicle), life);
  }

  private worker(site: SiteId, worker: WorkerKind): void {
    const { clock } = this.stage;
    const process = processId(`${worker}@${site}`);
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    this.incarnation(process, (journal, life) => {
      const self = { site, worker, process, pollMs: POLL_MS };
      const resolve = (ref: Parameters<typeof resourceKey>[0]) =>
        new MortalResource(this.world.get(resourceKey(ref)), life, this.cuts);
      new StepWorker({ journal, clock, readiness }, self, resolve).start();
    });
  }
}
