import { AuditEntryWire, decodeOrThrow, keyringOf, RunWire, signVote, StepRecordWire } from '#libs/contracts';
import { initialGroupState, type GroupState, type Settings } from '#libs/decision';
import {
  clusterId,
  flowId,
  instant,
  processId,
  type FlowLag,
  type GuardRecord,
  type Json,
  type NameReport,
  type Opinion,
  type SiteId,
  type StepRecord,
  type StepStatus,
} from '#libs/domain';
import { GroupStateWire, InMemoryJournal, keys, type Journal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, SystemRandom, type TimeSample } from '#libs/runtime';
import type { Group, Policy, Topology } from '#libs/topology';
import { nameReport } from './name-report.js';
import { a, b, group, stageKey, stageTopology, w } from './stage-topology.js';
import { VirtualClock } from './virtual-clock.js';
import { RunDriver } from '../../apps/orchestrator/src/run/run-driver.js';
import { Evaluation } from '../../apps/orchestrator/src/group/evaluation.js';
import { GroupLoop } from '../../apps/orchestrator/src/group/group-loop.js';
import { GroupReader } from '../../apps/orchestrator/src/group/group-reader.js';
import { settingsOf } from '../../apps/orchestrator/src/group/group-settings.js';
import { GroupVersions } from '../../apps/orchestrator/src/group/group-versions.js';
import { Leadership } from '../../apps/orchestrator/src/group/leadership.js';
import { NameNotes } from '../../apps/orchestrator/src/group/name-notes.js';
import { ReassertionNotes } from '../../apps/orchestrator/src/group/reassertion-notes.js';
import { Retention } from '../../apps/orchestrator/src/group/retention.js';
import type { RpoNotes } from '../../apps/orchestrator/src/group/rpo-notes.js';
import { SelfFenceWatch } from '../../apps/orchestrator/src/group/self-fence-watch.js';

export { a, b, group, w, stageKey, stageTopology };

/** Other sites, for instance. */
interface Ground<J> {
  readonly topology?: Topology;
  readonly clock?: VirtualClock;
  readonly journal?: J;
}

/** One group in a journal of its own, with votes, guards and workers played by the test. */
export class Stage<J extends Journal = InMemoryJournal> {
  readonly topology: Topology;
  readonly clock: VirtualClock;
  readonly journal: J;
  readonly log = new InMemoryLog();
  readonly readiness: ProcessReadiness;
  /** How far each flow is behind, in the next votes. */
  readonly lagMs: Record<string, number> = { 'a-to-b': 10, 'b-to-a': 10 };
  /** Where workers and guards do what is asked of them. */
  private working: readonly SiteId[] = [b];
  readonly settings: Settings;
  private sequence = 0;

  /** `change`: what is different about the group; `policy`: about the numbers; `ground`: what it all stands on. */
  constructor(
    change: Partial<Pick<Group, 'mode' | 'fenceMode' | 'configs' | 'consumers'>> = {},
    policy: Partial<Policy> = {},
    ground: Ground<J> = {},
  ) {
    const topology = ground.topology ?? stageTopology();
    const groups = topology.groups.map((each) => ({ ...each, ...change }));
    this.topology = { ...topology, groups, policy: { ...topology.policy, ...policy } };
    this.clock = ground.clock ?? new VirtualClock();
    this.journal = ground.journal ?? (new InMemoryJournal(this.clock) as Journal as J);
    this.readiness = new ProcessReadiness(this.log, this.clock);
    this.settings = settingsOf(this.topology, group);
  }

  /** A leader candidate; several of them compete as orchestrators of several sites would. */
  orchestrator(name: string, rpoNotes?: RpoNotes): GroupLoop {
    return this.loopOf(name, this.leadership(), undefined, undefined, rpoNotes);
  }

  /** The group's loop in a process with this right to lead; of another group with its settings. */
  loopOf(
    name: string,
    leadership: Leadership,
    versions = new GroupVersions(this.readiness),
    settings = this.settings,
    rpoNotes?: RpoNotes,
  ): GroupLoop {
    const { fenceMarginMs } = this.topology.policy;
    const selfFences = new SelfFenceWatch(this.clock, fenceMarginMs);
    const voters = this.topology.sites.map(({ id }) => id);
    const parts = {
      reader: new GroupReader(this.journal, settings, keyringOf(this.topology), this.log),
      evaluation: new Evaluation(settings, voters, this.clock, new SystemRandom()),
      driver: new RunDriver(settings, this.clock, selfFences),
      selfFences,
      notes: new ReassertionNotes(this.clock),
      nameNotes: new NameNotes(this.clock),
      ...(rpoNotes && { rpoNotes }),
      versions,
      retention: new Retention(this.journal, this.clock, this.topology.policy.retentionDays),
    };
    const leader = { name, actor: { kind: 'process', id: name } } as const;
    return new GroupLoop(parts, this.journal, this.clock, leadership, leader, () => undefined);
  }

  /** The right to lead of one process. */
  leadership(timeSamples: () => readonly TimeSample[] = () => []): Leadership {
    const { journal, clock, log, readiness } = this;
    const { leaderTtlMs: ttlMs, requestTimeoutMs: commitMs, leaderLagMaxMs: lagMaxMs } = this.topology.policy;
    return new Leadership({ journal, clock, log, readiness, timeSamples }, { ttlMs, commitMs, lagMaxMs });
  }

  async vote(site: SiteId, cluster: string, opinion: Opinion, failedForMs = 0): Promise<void> {
    const process = processId(`health-monitor@${site}`);
    const vote = signVote(
      {
        site,
        process,
        incarnation: '1',
        sequence: this.sequence++,
        cluster: clusterId(cluster),
        opinion,
        reason: opinion,
        failedForMs,
        ...(opinion === 'up' ? { healthyForMs: 60_000, goodRounds: 20 } : { healthyForMs: 0, goodRounds: 0 }),
        flows: this.measuredBy(site, cluster),
      },
      stageKey(site),
    );
    await this.put(keys.vote(vote.cluster, site, process), JSON.stringify(vote));
  }

  /** The site where a flow ends measures it. */
  private measuredBy(site: SiteId, cluster: string): FlowLag[] {
    const { clusters, flows } = this.settings.shape;
    return flows
      .filter(({ from, to }) => to === site && clusters[from] === cluster)
      .map(({ id }) => {
        const lagMs = this.lagMs[id] ?? 0;
        return { flow: flowId(id), lagRecords: lagMs, lagMs, sampleAgeMs: 100 };
      });
  }

  /** Every site is there: all see both clusters up, both guards renew, and workers work at both sites. */
  async allWell(): Promise<void> {
    for (const { id: site } of this.topology.sites)
      for (const cluster of ['kafka-a', 'kafka-b']) await this.vote(site, cluster, 'up');
    for (const site of [a, b]) await this.guard(site);
    for (const { name } of this.settings.shape.names) await this.seesName(name);
    this.working = [a, b];
  }

  /** What the dns-switcher of B wrote down of a name. */
  async seesName(name: string, change: Partial<NameReport> = {}): Promise<void> {
    await this.put(keys.nameReport(group, name, b), JSON.stringify(nameReport(name, change)));
  }

  /** Where workers and guards do what is asked of them, from now on. */
  workersAt(...sites: readonly SiteId[]): void {
    this.working = sites;
  }

  /** Nothing of a site answers any more; what the others see of it is up to the test. */
  async silence(site: SiteId): Promise<void> {
    this.working = this.working.filter((each) => each !== site);
    const { entries } = await this.journal.read(keys.votes());
    const own = entries.filter(({ key }) => key.split('/').at(-2) === site).map(({ key }) => key);
    for (const key of [...own, keys.guardLease(site)]) {
      await this.journal.commit({ conditions: [], changes: [{ kind: 'delete', key }] });
    }
  }

  /** Site A is gone: its own votes ended with their lease, the others see its cluster down. */
  async loseA(failedForMs: number): Promise<void> {
    await this.vote(b, 'kafka-a', 'down', failedForMs);
    await this.vote(w, 'kafka-a', 'down', failedForMs);
    await this.vote(b, 'kafka-b', 'up');
    await this.vote(w, 'kafka-b', 'up');
  }

  /** What the guard of A last said of itself; it does not answer. */
  async guardA(change: Partial<GuardRecord> = {}): Promise<void> {
    await this.guardRecord(a, change);
  }

  /** A guard that renews and answers. */
  async guard(site: SiteId, change: Partial<GuardRecord> = {}): Promise<void> {
    await this.guardRecord(site, change);
    await this.put(keys.guardLease(site), `site-guard@${site}`);
  }

  private async guardRecord(site: SiteId, change: Partial<GuardRecord>): Promise<void> {
    const record: GuardRecord = {
      site,
      process: processId(`site-guard@${site}`),
      incarnation: '1',
      renewal: 1,
      armed: true,
      armedBy: 'acl',
      selfFenceMs: 2_500,
      enforced: {},
      at: instant(0),
      ...change,
    };
    await this.put(keys.guard(site), JSON.stringify(record));
  }

  /** Every worker reports each open step of its site as `outcome` says, once; returns the names in order. */
  async work(outcome: (step: StepRecord) => StepStatus = () => 'done'): Promise<string[]> {
    const { entries } = await this.journal.read(...this.working.map((site) => keys.openSteps(site)));
    const done: string[] = [];
    for (const { key, value: stepKey } of entries) {
      const step = await this.step(stepKey);
      const status = outcome(step);
      if (status === 'open') continue;
      const settled = { ...step, status, verifiedBy: { check: 'read-back', observed: observedOf(step) } };
      await this.journal.commit({
        conditions: [],
        changes: [
          { kind: 'put', key: stepKey, value: JSON.stringify(settled) },
          { kind: 'delete', key },
        ],
      });
      done.push(step.name);
    }
    return done;
  }

  /** Plays loops and workers until nothing moves for a while; returns the steps in the order they were done. */
  async play(loop: GroupLoop, outcome?: (step: StepRecord) => StepStatus): Promise<string[]> {
    const done: string[] = [];
    for (let quiet = 0; quiet < 60; quiet++) {
      await loop.settle();
      const now = await this.work(outcome);
      if (now.length > 0) quiet = 0;
      done.push(...now);
      await this.clock.advance(100);
    }
    return done;
  }

  /**
   * Plays loops and workers until `isSo`. A step whose outcome is `open` is left to lie.
   * @throws Error when that takes more than a few minutes of virtual time
   */
  async playUntil(
    loop: GroupLoop,
    isSo: () => Promise<boolean>,
    { outcome }: { outcome?: (step: StepRecord) => StepStatus } = {},
  ): Promise<void> {
    for (let turns = 0; turns < 2_000; turns++) {
      await loop.settle();
      if (await isSo()) return;
      await this.work(outcome);
      await this.clock.advance(100);
    }
    throw new Error('it never came to that');
  }

  async step(key: string): Promise<StepRecord> {
    return decodeOrThrow(StepRecordWire, (await this.journal.read(key)).entries[0]?.value ?? '', key);
  }

  async runs() {
    const { entries } = await this.journal.read(keys.runs());
    return entries
      .filter(({ key }) => key.endsWith('/run'))
      .map(({ key, value }) => decodeOrThrow(RunWire, value, key));
  }

  async state(): Promise<GroupState> {
    const key = keys.groupState(group);
    return decodeOrThrow(GroupStateWire, (await this.journal.read(key)).entries[0]?.value ?? '', key);
  }

  /** Where the group stands, as if it had come there by itself. */
  async stands(state: object): Promise<void> {
    const settled = { ...initialGroupState(group, a), ...state };
    await this.put(keys.groupState(group), JSON.stringify(settled));
  }

  async audit() {
    const { entries } = await this.journal.read(keys.audit(group));
    return entries.map(({ key, value }) => decodeOrThrow(AuditEntryWire, value, key));
  }

  async epoch(): Promise<number> {
    return Number((await this.journal.read(keys.epoch(group))).entries[0]?.value ?? 0);
  }

  private async put(key: string, value: string): Promise<void> {
    await this.journal.commit({ conditions: [], changes: [{ kind: 'put', key, value }] });
  }
}

/** What a worker finds where it looks. */
const observedOf = ({ resource, desired }: StepRecord): Json => {
  if (resource.kind === 'mirror' && desired === undefined) return { targetEnds: { 'orders-0': 100 } };
  if (resource.kind === 'backlog') return { records: 0, ranges: [] };
  return desired ?? null;
};
