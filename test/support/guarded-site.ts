import { join } from 'node:path';
import { clusterId, groupId, processId, siteId, UnavailableError } from '#libs/domain';
import { GuardRecordWire, ReassertedRecordWire } from '#libs/contracts';
import { initialGroupState, type GroupState } from '#libs/decision';
import { InMemoryJournal, keys } from '#libs/journal';
import {
  InMemoryKafka,
  openInMemory,
  TopicLog,
  type AppendOutcome,
  type KafkaCluster,
  type LogRecord,
  type StoredRecord,
} from '#libs/kafka';
import { InMemoryLog, ProcessReadiness, SystemRandom } from '#libs/runtime';
import { loadTopology, type Topology } from '#libs/topology';
import { ListenerSwitch, type FenceOrder } from '../../apps/site-guard/src/fence/listener-switch.js';
import { SiteGuard } from '../../apps/site-guard/src/site-guard.js';
import { CutOffJournal } from './cut-off.journal.js';
import { VirtualClock } from './virtual-clock.js';

const EXAMPLE = join(import.meta.dirname, '../../../docs/examples/two-sites-and-witness.yaml');
const TIMEOUT_MS = 500;

export const GROUP = groupId('orders');
export const SELF = 'User:signalbox';
export const APP = 'User:app';

export const exampleTopology = (): Promise<Topology> => loadTopology(EXAMPLE);

/** A site's listener for clients, as the site's own command closes it. */
export class InMemoryListener extends ListenerSwitch {
  isOpen = true;
  works = true;
  readonly calls: string[] = [];
  lastOrder: FenceOrder | undefined;

  constructor(private readonly kafka: InMemoryKafka) {
    super();
  }

  override async close(order: FenceOrder): Promise<void> {
    this.lastOrder = order;
    this.calls.push('close');
    if (this.works) this.isOpen = false;
  }

  override async open(order: FenceOrder): Promise<void> {
    this.lastOrder = order;
    this.calls.push('open');
    this.isOpen = true;
  }

  override async state(): Promise<'open' | 'closed'> {
    return this.isOpen ? 'open' : 'closed';
  }

  /** A frozen broker's machine still accepts connections. */
  override async answers(): Promise<boolean> {
    return this.isOpen && this.kafka.condition !== 'killed';
  }
}

class ListenerLog extends TopicLog {
  constructor(
    private readonly log: TopicLog,
    private readonly listener: InMemoryListener,
  ) {
    super();
  }

  override topics = (): Promise<readonly string[]> => this.through(() => this.log.topics());
  override partitions = (topic: string): Promise<readonly number[]> => this.through(() => this.log.partitions(topic));
  override append = (topic: string, partition: number, records: readonly LogRecord[]): Promise<AppendOutcome> =>
    this.through(() => this.log.append(topic, partition, records));
  override readAll = (...args: Parameters<TopicLog['readAll']>): Promise<readonly StoredRecord[]> =>
    this.through(() => this.log.readAll(...args));
  override endOffsets = (topic: string) => this.through(() => this.log.endOffsets(topic));
  override startOffsets = (topic: string) => this.through(() => this.log.startOffsets(topic));
  override kafkaClusterId = () => this.log.kafkaClusterId();

  private async through<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.listener.isOpen) throw new UnavailableError('Cannot connect: the listener is closed.');
    return ask();
  }
}

/** Site `a` (home of group `orders`) or `b`, in memory and on virtual time, with every fault it can have. */
export class GuardedSite {
  readonly clock = new VirtualClock();
  readonly kafka: InMemoryKafka;
  readonly listener: InMemoryListener;
  readonly journal = new InMemoryJournal(this.clock);
  readonly connection = new CutOffJournal(this.journal, this.clock, TIMEOUT_MS);
  readonly log = new InMemoryLog();
  readonly readiness = new ProcessReadiness(this.log, this.clock);
  guard: SiteGuard;

  constructor(
    readonly topology: Topology,
    readonly site: 'a' | 'b' = 'a',
  ) {
    this.kafka = new InMemoryKafka({ cluster: clusterId(`kafka-${site}`), timeoutMs: TIMEOUT_MS }, this.clock);
    for (const topic of ['orders', 'signalbox.probe.orders', 'signalbox.guard-canary']) this.kafka.createTopic(topic);
    const all = (principal: string, topic: string, match: 'literal' | 'prefixed') =>
      this.kafka.rules.push({ permission: 'allow', principal, operation: 'all', topic, match, host: '*' });
    all(APP, 'orders', 'literal');
    all(this.mirror, 'orders', 'literal');
    all(SELF, 'signalbox.', 'prefixed');
    this.listener = new InMemoryListener(this.kafka);
    this.guard = this.newGuard();
  }

  get mirror(): string {
    return this.site === 'a' ? 'User:mm2-ba' : 'User:mm2-ab';
  }

  /** As after a crash: a new process that knows nothing. */
  async restart(): Promise<void> {
    await this.guard.stop();
    this.guard = this.newGuard();
    this.guard.start();
  }

  /** Whether `principal` gets a record into the group's topic the way clients do. */
  async canWrite(principal = APP): Promise<boolean> {
    if (!this.listener.isOpen || this.kafka.condition !== 'serving') return false;
    const answer = await openInMemory(this.kafka, principal).log.append('orders', 0, [{ value: Buffer.from('x') }]);
    return answer.outcome === 'appended';
  }

  /** Puts what the leader would: the group's state and epoch. */
  async order(change: Partial<GroupState>, current: number): Promise<void> {
    const state = { ...initialGroupState(GROUP, siteId('a')), ...change };
    await this.journal.commit({
      conditions: [],
      changes: [
        { kind: 'put', key: keys.groupState(GROUP), value: JSON.stringify(state) },
        { kind: 'put', key: keys.epoch(GROUP), value: String(current) },
      ],
    });
  }

  async record() {
    const { entries } = await this.journal.read(keys.guard(siteId(this.site)));
    return entries[0] && GuardRecordWire.parse(JSON.parse(entries[0].value));
  }

  /** As a write of an older epoch does that compared nothing. */
  lowersStamp(from: number, to: number): void {
    const { rules } = this.kafka;
    const stamp = (at: number) => `User:signalbox-epoch-${at}`;
    const lowered = rules.map((rule) => (rule.principal === stamp(from) ? { ...rule, principal: stamp(to) } : rule));
    rules.splice(0, Infinity, ...lowered);
  }

  /** How often the group's write access here was re-asserted, as the journal counts it. */
  async reasserted() {
    const key = keys.reasserted(GROUP, { kind: 'write-access', group: GROUP, site: this.site });
    const { entries } = await this.journal.read(key);
    return entries[0] && ReassertedRecordWire.parse(JSON.parse(entries[0].value));
  }

  async held() {
    const resource = this.guard.resource({ kind: 'write-access', group: GROUP, site: this.site });
    const { value, epoch: stamped } = await resource!.read(new AbortController().signal);
    return { value, epoch: stamped };
  }

  private newGuard(): SiteGuard {
    const { topology, site, clock, log, readiness, connection, kafka, listener } = this;
    const open = (behind: 'clients' | 'control'): KafkaCluster => {
      const cluster = openInMemory(kafka, SELF);
      return behind === 'clients' ? { ...cluster, log: new ListenerLog(cluster.log, listener) } : cluster;
    };
    return new SiteGuard(
      { topology, site: siteId(site), process: processId(`site-guard@${site}`) },
      {
        journal: connection,
        clock,
        random: new SystemRandom(),
        log,
        readiness,
        open: (_cluster, behind) => open(behind),
        listener: () => listener,
      },
    );
  }
}
