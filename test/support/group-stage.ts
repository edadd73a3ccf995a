import { generateKeyPairSync } from 'node:crypto';
import { AuditEntryWire, decodeOrThrow, RunWire, signVote, StepRecordWire, type Keyring } from '#libs/contracts';
import type { Settings } from '#libs/decision';
import {
  clusterId,
  flowId,
  groupId,
  instant,
  processId,
  siteId,
  type GuardRecord,
  type Opinion,
  type StepRecord,
  type StepStatus,
} from '#libs/domain';
import { InMemoryJournal, keys } from '#libs/journal';
import { InMemoryLog, SystemRandom } from '#libs/runtime';
import { VirtualClock } from './virtual-clock.js';
import { RunDriver } from '../../apps/orchestrator/src/run/run-driver.js';
import { Evaluation } from '../../apps/orchestrator/src/group/evaluation.js';
import { GroupLoop } from '../../apps/orchestrator/src/group/group-loop.js';
import { GroupReader } from '../../apps/orchestrator/src/group/group-reader.js';
import { Leadership } from '../../apps/orchestrator/src/group/leadership.js';
import { SelfFenceWatch } from '../../apps/orchestrator/src/group/self-fence-watch.js';

const a = siteId('a');
const b = siteId('b');
export const w = siteId('w');
const group = groupId('orders');
const settings: Settings = {
  policy: {
    mode: 'automatic',
    fenceMode: 'strict',
    quorum: 2,
    dwellShortMs: 2_000,
    dwellLongMs: 5_000,
    targetHealthyMs: 5_000,
    rpoMs: 10_000,
    coolDownMs: 60_000,
    sealTimeoutMs: 1_000,
    stepTimeoutMs: 3_000,
    approvalTtlMs: 60_000,
    drainTimeoutMs: 10_000,
    protectedAfterMs: 3_000,
  },
  shape: {
    group,
    home: a,
    sites: [a, b],
    clusters: { a: 'kafka-a', b: 'kafka-b' },
    flows: [{ id: 'a-to-b', from: a, to: b }],
    names: [{ name: 'kafka.example', ttlSeconds: 1, addresses: { a: ['10.0.0.1'], b: ['10.0.0.2'] } }],
    configs: [],
  },
};
const pairs = new Map([a, b, w].map((site) => [site, generateKeyPairSync('ed25519')]));
const keyring: Keyring = new Map([...pairs].map(([site, { publicKey }]) => [`${site}-1`, { site, publicKey }]));

/** One group in a journal of its own, with votes, guards and workers played by the test. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly journal = new InMemoryJournal(this.clock);
  private sequence = 0;

  /** A leader candidate; several of them compete as orchestrators of several sites would. */
  orchestrator(name: string): GroupLoop {
    const selfFences = new SelfFenceWatch(this.clock, 1_000);
    const parts = {
      reader: new GroupReader(this.journal, settings, keyring, new InMemoryLog()),
      evaluation: new Evaluation(settings, [a, b, w], this.clock, new SystemRandom()),
      driver: new RunDriver(settings, this.clock, selfFences),
      selfFences,
    };
    const leader = { name, actor: { kind: 'process', id: name } } as const;
    const leadership = new Leadership(this.journal, this.clock, 3_000);
    return new GroupLoop(parts, this.journal, leadership, leader, () => undefined);
  }

  async vote(site: typeof a, cluster: string, opinion: Opinion, failedForMs = 0): Promise<void> {
    const process = processId(`health-monitor@${site}`);
    const pair = pairs.get(site);
    if (!pair) throw new Error(`No key for ${site}`);
    const lag = { flow: flowId('a-to-b'), lagRecords: 0, lagMs: 10, sampleAgeMs: 100 };
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
        healthyForMs: opinion === 'up' ? 60_000 : 0,
        flows: site === b && cluster === 'kafka-a' ? [lag] : [],
      },
      { keyId: `${site}-1`, privateKey: pair.privateKey },
    );
    await this.put(keys.vote(vote.cluster, site, process), JSON.stringify(vote));
  }

  /** Site A is gone: its own votes ended with their lease, the others see its cluster down. */
  async loseA(failedForMs: number): Promise<void> {
    await this.vote(b, 'kafka-a', 'down', failedForMs);
    await this.vote(w, 'kafka-a', 'down', failedForMs);
    await this.vote(b, 'kafka-b', 'up');
    await this.vote(w, 'kafka-b', 'up');
  }

  async guardA(change: Partial<GuardRecord> = {}): Promise<void> {
    const record: GuardRecord = {
      site: a,
      process: processId('site-guard@a'),
      incarnation: '1',
      renewal: 1,
      armed: true,
      armedBy: 'acl',
      selfFenceMs: 2_500,
      enforced: {},
      at: instant(0),
      ...change,
    };
    await this.put(keys.guard(a), JSON.stringify(record));
  }

  /** Every worker at B reports each open step as `outcome` says, once; returns the names in order. */
  async work(outcome: (step: StepRecord) => StepStatus = () => 'done'): Promise<string[]> {
    const { entries } = await this.journal.read(keys.openSteps(b));
    const done: string[] = [];
    for (const { key, value: stepKey } of entries) {
      const step = await this.step(stepKey);
      const status = outcome(step);
      const settled = { ...step, status, verifiedBy: { check: 'read-back', observed: step.desired ?? null } };
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

  async step(key: string): Promise<StepRecord> {
    return decodeOrThrow(StepRecordWire, (await this.journal.read(key)).entries[0]?.value ?? '', key);
  }

  async runs() {
    const { entries } = await this.journal.read(keys.runs());
    return entries
      .filter(({ key }) => key.endsWith('/run'))
      .map(({ key, value }) => decodeOrThrow(RunWire, value, key));
  }

  async state(): Promise<{ phase: string; active: string; rule: string }> {
    const { entries } = await this.journal.read(keys.groupState(group));
    return JSON.parse(entries[0]?.value ?? '{}') as never;
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
