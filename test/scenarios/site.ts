import { keyringOf } from '#libs/contracts';
import { processId, resourceKey, type ResourceRef, type SiteId, type WorkerKind } from '#libs/domain';
import { StepWorker, type InMemoryFencedResource } from '#libs/jobs';
import { InMemoryLog, ProcessReadiness, type Random } from '#libs/runtime';
import { settingsOf } from '#libs/decision';
import type { Topology } from '#libs/topology';
import { Evaluation } from '../../apps/orchestrator/src/group/evaluation.js';
import { GroupLoop } from '../../apps/orchestrator/src/group/group-loop.js';
import { GroupPulse } from '../../apps/orchestrator/src/group/group-pulse.js';
import { GroupReader } from '../../apps/orchestrator/src/group/group-reader.js';
import { leaderName } from '../../apps/orchestrator/src/group/group-transaction.js';
import { GroupVersions } from '../../apps/orchestrator/src/group/group-versions.js';
import type { GroupView } from '../../apps/orchestrator/src/group/group-view.js';
import { Leadership } from '../../apps/orchestrator/src/group/leadership.js';
import { NameNotes } from '../../apps/orchestrator/src/group/name-notes.js';
import { ReassertionNotes } from '../../apps/orchestrator/src/group/reassertion-notes.js';
import { Retention } from '../../apps/orchestrator/src/group/retention.js';
import { SelfFenceWatch } from '../../apps/orchestrator/src/group/self-fence-watch.js';
import { RunDriver } from '../../apps/orchestrator/src/run/run-driver.js';
import type { CutOffJournal } from '../support/cut-off.journal.js';
import type { VirtualClock } from '../support/virtual-clock.js';
import type { Ground } from './ground.js';
import { Monitor } from './monitor.js';
import { Sentry, type SetAccess } from './sentry.js';
import type { World } from '../interruption/world.js';

const WORKERS: readonly WorkerKind[] = ['site-guard', 'mirror-switcher', 'dns-switcher', 'config-switcher'];

export interface Surroundings {
  readonly topology: Topology;
  readonly ground: Ground;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly worlds: ReadonlyMap<string, World>;
  readonly setAccess: SetAccess;
  readonly onView: (view: GroupView) => void;
}

/** All processes of one site, on its own connection to the journal. */
export class Site {
  monitor: Monitor;
  sentry: Sentry | undefined;
  #incarnation = 0;
  #stops: (() => unknown)[] = [];
  #pulses = new Map<string, GroupPulse>();

  constructor(
    readonly id: SiteId,
    readonly journal: CutOffJournal,
    private readonly around: Surroundings,
  ) {
    this.monitor = this.#newMonitor();
  }

  get #isWitness(): boolean {
    return !this.around.topology.clusters.some(({ site }) => site === this.id);
  }

  /** `wellForMs`: how long its monitor has seen all clusters well; from now on when it was started again. */
  start(wellForMs?: number): void {
    this.#incarnation++;
    this.monitor = this.#newMonitor();
    this.monitor.start(wellForMs);
    this.startOrchestrator();
    if (this.#isWitness) return;
    this.startGuard();
    for (const worker of WORKERS) this.#startWorker(worker);
  }

  /** As a new process, which has seen nothing yet. */
  restartMonitor(): void {
    this.monitor.stop();
    this.#incarnation++;
    this.monitor = this.#newMonitor();
    this.monitor.start(0);
  }

  /** As when the power fails. */
  stop(): void {
    this.monitor.stop();
    this.sentry?.stop();
    this.stopOrchestrator();
    for (const stop of this.#stops) void stop();
    this.#stops = [];
  }

  startGuard(): void {
    const { topology, clock, setAccess } = this.around;
    this.sentry = new Sentry(this.id, this.#incarnation, { topology, clock, setAccess, journal: this.journal });
    this.sentry.start();
  }

  /** Something was written that the group's leader waits for. */
  wake(group: string): void {
    if (this.journal.connection === 'good') this.#pulses.get(group)?.wake();
  }

  stopOrchestrator(): void {
    for (const pulse of this.#pulses.values()) pulse.stop();
    this.#pulses.clear();
  }

  startOrchestrator(): void {
    const { clock, topology, random } = this.around;
    const { leaderTtlMs: ttlMs, requestTimeoutMs: commitMs, leaderLagMaxMs: lagMaxMs, pollMs } = topology.policy;
    const process = processId(`orchestrator@${this.id}`);
    const leader = { name: leaderName(process, random.id()), actor: { kind: 'process', id: process } } as const;
    const [log, { journal }] = [new InMemoryLog(), this];
    const readiness = new ProcessReadiness(log, clock);
    const ports = { journal, clock, log, readiness, timeSamples: () => [] };
    const leadership = new Leadership(ports, { ttlMs, commitMs, lagMaxMs });
    const nothing = () => undefined;
    for (const { id } of topology.groups) {
      const loop = new GroupLoop(this.#parts(id), journal, clock, leadership, leader, this.around.onView);
      const heard = { onAvailable: nothing, onUnavailable: nothing };
      const settle = () => loop.settle();
      this.#pulses.set(id, new GroupPulse({ clock, settle, restMs: () => pollMs, ...heard }));
    }
    for (const pulse of this.#pulses.values()) void pulse.run();
  }

  #parts(group: Topology['groups'][number]['id']) {
    const { clock, topology, random } = this.around;
    const settings = settingsOf(topology, group);
    const log = new InMemoryLog();
    const selfFences = new SelfFenceWatch(clock, topology.policy.fenceMarginMs);
    const voters = topology.sites.map(({ id }) => id);
    return {
      selfFences,
      reader: new GroupReader(this.journal, settings, keyringOf(topology), log),
      evaluation: new Evaluation(settings, voters, clock, random),
      driver: new RunDriver(settings, clock, selfFences),
      notes: new ReassertionNotes(clock),
      nameNotes: new NameNotes(clock),
      versions: new GroupVersions(new ProcessReadiness(log, clock)),
      retention: new Retention(this.journal, clock, topology.policy.retentionDays),
    };
  }

  #newMonitor(): Monitor {
    const { topology, ground, clock } = this.around;
    return new Monitor(this.id, topology, ground, clock, this.journal, this.#incarnation);
  }

  #startWorker(worker: WorkerKind): void {
    const { clock, topology } = this.around;
    const self = { site: this.id, worker, process: processId(`${worker}@${this.id}`), pollMs: topology.policy.pollMs };
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const started = new StepWorker({ journal: this.journal, clock, readiness }, self, (ref) => this.#resource(ref));
    started.start();
    this.#stops.push(() => started.stop());
  }

  #resource(ref: ResourceRef): InMemoryFencedResource<unknown> | undefined {
    const key = resourceKey(ref);
    for (const world of this.around.worlds.values()) {
      const resource = world.resources.get(key);
      if (resource) return resource;
    }
    return undefined;
  }
}
