import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  clusterId,
  epoch,
  groupId,
  isSettled,
  runId,
  siteId,
  type Epoch,
  type GuardRecord,
  type Plan,
  type Run,
  type StepRecord,
} from '#libs/domain';
import { GuardRecordWire } from '#libs/contracts';
import { initialGroupState, type GroupState } from '#libs/decision';
import { EtcdJournal, keys } from '#libs/journal';
import { openCluster, type KafkaCluster } from '#libs/kafka';
import { readAccess } from '../../apps/site-guard/src/fence/acl-plan.js';
import type { HeldAccess } from '../../apps/site-guard/src/fence/held-access.js';
import { clock, until } from '../lab/condition.js';
import { passwordFile, type Principal } from '../lab/credentials.js';
import { Lab } from '../lab/lab.js';
import { PORTS, type KafkaSite } from '../lab/layout.js';
import { insist } from './insist.js';

const ROOT = join(import.meta.dirname, '../../..');
const GROUP = groupId('orders');
/** Long enough for a busy machine to answer. */
const TIMEOUT_MS = 4_000;
const STEP_DEADLINE_MS = 30_000;
const WHOLE_WITHIN_MS = 60_000;

/** A fifth of the defaults, so that nobody waits long; the margin is a larger share, for a busy machine. */
const POLICY = {
  selfFenceMs: 6_000,
  guardRenewMs: 1_000,
  fenceMarginMs: 3_000,
  reassertMs: 1_000,
  armProofMaxAgeMs: 12_000,
  requestTimeoutMs: 1_000,
};

/** Kafka and etcd of the lab with a site-guard process at either site. */
export class GuardedLab {
  readonly policy = POLICY;
  readonly journal: EtcdJournal;

  private constructor(readonly lab: Lab) {
    const endpoints = [lab.site('w').etcdUrl, lab.site('b').etcdUrl];
    this.journal = new EtcdJournal({ endpoints, requestTimeoutMs: TIMEOUT_MS }, clock);
  }

  static async up(): Promise<GuardedLab> {
    const guarded = new GuardedLab(await Lab.up({ parts: ['kafka', 'etcd'] }));
    guarded.lab.run.write(JSON.stringify(guarded.document()), 'guarded.yaml');
    return guarded;
  }

  startGuard(site: KafkaSite): void {
    const { run, layout } = this.lab;
    const env = {
      SIGNALBOX_CONFIG: run.file('guarded.yaml'),
      SIGNALBOX_SITE: site,
      SIGNALBOX_LISTEN: `${layout.address(site)}:${PORTS['site-guard']}`,
    };
    const args = [join(ROOT, 'dist/apps/site-guard/src/main.js')];
    const log = openSync(run.file('logs', `${site}.site-guard.log`), 'a', 0o600);
    this.lab.spawnAt(site, 'site-guard', { file: process.execPath, args, env }, ['ignore', log, log]);
    closeSync(log);
  }

  /** As `principal`, by the listener of clients unless told otherwise. */
  kafka(site: KafkaSite, principal: Principal, port: number = PORTS.kafkaClient): KafkaCluster {
    return openCluster({
      cluster: clusterId(site),
      bootstrap: [{ host: this.lab.layout.address(site), port }],
      timeoutMs: TIMEOUT_MS,
      credentials: { mechanism: 'PLAIN', username: principal, password: () => this.lab.password(principal) },
    });
  }

  /** As the ACLs say, read by the listener that stays open. */
  async held(site: KafkaSite): Promise<{ readonly value: HeldAccess; readonly epoch: Epoch }> {
    const kafka = this.kafka(site, 'signalbox', PORTS.kafkaAdmin);
    try {
      const inbound = [site === 'a' ? 'User:mm2-ba' : 'User:mm2-ab'];
      const scope = { group: GROUP, topics: ['orders'], probeTopic: 'signalbox.probe.orders', inbound };
      return readAccess({ ...scope, self: 'User:signalbox', openByDefault: false }, await kafka.rules.list());
    } finally {
      await kafka.close();
    }
  }

  async record(site: KafkaSite): Promise<GuardRecord | undefined> {
    const { entries } = await insist(() => this.journal.read(keys.guard(siteId(site))));
    return entries[0] && GuardRecordWire.parse(JSON.parse(entries[0].value));
  }

  /** Every member answers quickly, also one that was cut off: what starts now is not held up by the journal. */
  async journalIsWhole(): Promise<void> {
    for (const site of ['a', 'b', 'w'] as const) {
      const options = { endpoints: [this.lab.site(site).etcdUrl], requestTimeoutMs: POLICY.requestTimeoutMs / 2 };
      const member = new EtcdJournal(options, clock);
      try {
        await until(`the journal's member at ${site} answers`, WHOLE_WITHIN_MS, () => member.read(keys.groups()));
      } finally {
        await member.close();
      }
    }
  }

  /** Puts what the leader would: the group's state and epoch. */
  async order(change: Partial<GroupState>, current: number): Promise<void> {
    const state = { ...initialGroupState(GROUP, siteId('a')), ...change };
    await this.put([
      [keys.groupState(GROUP), JSON.stringify(state)],
      [keys.epoch(GROUP), String(current)],
    ]);
  }

  /** Opens one step of a run as the leader would, and returns it as its worker left it. */
  async perform(step: Pick<StepRecord, 'name' | 'action'> & Partial<StepRecord>, site: KafkaSite): Promise<StepRecord> {
    const run = runId('r1');
    const { entries } = await insist(() => this.journal.read(keys.epoch(GROUP)));
    const current = epoch(Number(entries[0]?.value));
    const open: StepRecord = {
      stage: 0,
      resource: { kind: 'write-access', group: GROUP, site },
      runsAt: siteId(site),
      worker: 'site-guard',
      deadlineMs: STEP_DEADLINE_MS,
      run,
      epoch: current,
      status: 'open',
      attempt: 1,
      ...step,
    };
    const plan: Plan = { kind: 'failover', group: GROUP, from: siteId('a'), to: siteId('b'), steps: [] };
    const record: Run = {
      id: run,
      plan,
      planHash: 'p',
      evidenceHash: 'e',
      epoch: current,
      phase: 'stepping',
      stage: 0,
      startedAt: clock.now(),
      exceptions: [],
    };
    const key = keys.step(run, open.name);
    await this.put([
      [keys.run(run), JSON.stringify(record)],
      [key, JSON.stringify(open)],
      [keys.openStep(siteId(site), run, open.name), key],
    ]);
    return until(`${open.name} is settled`, 2 * open.deadlineMs, async () => {
      const found = JSON.parse((await this.journal.read(key)).entries[0]?.value ?? '{}') as StepRecord;
      if (!isSettled(found.status)) throw new Error(`it is ${found.status}`);
      return found;
    });
  }

  async down(): Promise<void> {
    await this.journal.close();
    await this.lab.down();
  }

  private async put(values: readonly (readonly [key: string, value: string])[]): Promise<void> {
    const changes = values.map(([key, value]) => ({ kind: 'put', key, value }) as const);
    await insist(() => this.journal.commit({ conditions: [], changes }));
  }

  private document(): unknown {
    const document = parse(readFileSync(join(ROOT, 'docs/examples/two-sites-and-witness.yaml'), 'utf8')) as {
      clusters: { site: KafkaSite }[];
      sites: { id: KafkaSite | 'w'; fenceCommand?: object }[];
      journal: object;
      policy: object;
    };
    const { lab } = this;
    const ladder = (site: KafkaSite) => {
      const script = lab.run.file(`ladder-${site}.sh`);
      return { close: [script, 'close'], open: [script, 'open'], status: [script, 'status'] };
    };
    const password = { file: lab.run.file('secrets', passwordFile('signalbox')) };
    return {
      ...document,
      policy: { ...document.policy, ...POLICY },
      journal: { members: { a: lab.site('a').etcdUrl, b: lab.site('b').etcdUrl, w: lab.site('w').etcdUrl } },
      sites: document.sites.map((site) =>
        site.fenceCommand ? { ...site, fenceCommand: ladder(site.id as KafkaSite) } : site,
      ),
      clusters: document.clusters.map((cluster) => ({
        ...cluster,
        bootstrap: [lab.site(cluster.site).kafka.clientAddress],
        adminBootstrap: [lab.site(cluster.site).kafka.adminAddress],
        sasl: { mechanism: 'plain', username: 'signalbox', password },
      })),
    };
  }
}

/** A client that writes as fast as it is answered, on several partitions at once, and remembers when it was. */
export class Hammer {
  private readonly stopped = new AbortController();
  private readonly acks: { readonly sentAtMs: number; readonly ackedAtMs: number }[] = [];
  private readonly running: Promise<unknown>;

  constructor(private readonly kafka: KafkaCluster) {
    this.running = Promise.all([0, 1, 2].map((partition) => this.write(partition)));
  }

  acksAfter(momentMs: number): number {
    return this.acks.filter(({ ackedAtMs }) => ackedAtMs > momentMs).length;
  }

  /** Of writes that were sent after this; what was sent before may have been let in, and be acknowledged a moment later. */
  acksOfWritesAfter(momentMs: number): number {
    return this.acks.filter(({ sentAtMs }) => sentAtMs > momentMs).length;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
    await this.kafka.close();
  }

  private async write(partition: number): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        const sentAtMs = clock.monotonicMs();
        const answer = await this.kafka.log.append('orders', partition, [{ value: Buffer.from('x') }]);
        if (answer.outcome === 'appended') this.acks.push({ sentAtMs, ackedAtMs: clock.monotonicMs() });
        else await clock.sleep(2);
      } catch {
        await clock.sleep(10);
      }
    }
  }
}
