import { chain, GENESIS, layOut, type ChainHead } from '#libs/audit';
import type { NotificationSeverity } from '#libs/contracts';
import { epoch, groupId, type GroupId, type Json } from '#libs/domain';
import { InMemoryJournal, keys, type Journal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, Random } from '#libs/runtime';
import { InMemoryNotificationChannel } from '../../apps/notifier/src/channel/in-memory.notification-channel.js';
import type { NotificationChannel } from '../../apps/notifier/src/channel/notification-channel.js';
import { assemble } from '../../apps/notifier/src/delivery/assemble.js';
import type { Notifier } from '../../apps/notifier/src/delivery/notifier.js';
import { VirtualClock } from './virtual-clock.js';

export const POLL_MS = 2_000;
export const WAITS_AT_MOST = { count: 20, ms: 3_600_000 };
export const LEADER_TTL_MS = 15_000;
export const orders = groupId('orders');
export const bills = groupId('bills');

/** Rules of each severity, as the table has them. */
export const RULE = { info: 'stage-done', warning: 'dwelling', critical: 'run-needs-human' } as const;

class SteadyRandom extends Random {
  #drawn = 0;
  override fraction = () => 0.5;
  override id = () => String(++this.#drawn);
}

export interface BenchChannel {
  readonly id: string;
  readonly port: NotificationChannel;
  readonly minSeverity?: NotificationSeverity;
}

/** Groups whose chains a test extends, and notifiers of several sites that tell of them, on one journal. */
export class NotifierBench {
  readonly clock = new VirtualClock();
  readonly journal = new InMemoryJournal(this.clock);
  readonly log = new InMemoryLog();
  readonly readiness = new ProcessReadiness(this.log, this.clock);
  private readonly random = new SteadyRandom();
  private readonly running: Notifier[] = [];
  private readonly heads = new Map<GroupId, ChainHead>();

  constructor(readonly groups: readonly GroupId[] = [orders]) {}

  /** A notifier of one site; `journal` is how it sees the journal. */
  notifier(site: string, channels: readonly BenchChannel[], journal: Journal = this.journal): Notifier {
    const { clock, random, log, readiness, groups } = this;
    return assemble(
      {
        name: `notifier@${site}#${random.id()}`,
        groups,
        channels: channels.map(({ minSeverity = 'info', ...channel }) => ({ ...channel, minSeverity })),
        waitsAtMost: WAITS_AT_MOST,
        policy: { leaderTtlMs: LEADER_TTL_MS, pollMs: POLL_MS },
      },
      { journal, clock, random, log, readiness },
    );
  }

  /** Starts it and lets it do what it can without time. */
  async start(notifier: Notifier): Promise<Notifier> {
    this.running.push(notifier);
    notifier.start();
    await this.clock.advance(0);
    return notifier;
  }

  /** Stops every notifier that was started. */
  async end(): Promise<void> {
    for (const notifier of this.running.splice(0)) await notifier.stop();
  }

  /** Why a channel is missing on /readyz. */
  missing(channel: string): string | undefined {
    const state = this.readiness.report().components[`channel ${channel}`];
    return state?.state === 'missing' ? state.reason : undefined;
  }

  async decideAll(count: number): Promise<void> {
    for (let times = 0; times < count; times++) await this.decide();
  }

  /** As an orchestrator records a decision. */
  async decide(severity: NotificationSeverity = 'info', group = orders, evidence: Json = {}): Promise<void> {
    const head = this.heads.get(group) ?? GENESIS;
    const laidOut = layOut(evidence);
    const entry = chain(head, {
      group,
      at: this.clock.now(),
      actor: { kind: 'process', id: 'orchestrator@b' },
      rule: RULE[severity],
      before: 'steady',
      after: 'steady',
      epoch: epoch(1),
      evidence: laidOut.evidence,
    });
    this.heads.set(group, entry);
    const put = (key: string, value: object) => ({ kind: 'put', key, value: JSON.stringify(value) }) as const;
    await this.journal.commit({
      conditions: [],
      changes: [
        ...laidOut.chunks.map((value, chunk) => {
          const key = keys.auditEvidenceChunk(group, entry.sequence, laidOut.reference?.sha256 ?? '', chunk);
          return { kind: 'put', key, value } as const;
        }),
        put(keys.auditEntry(group, entry.sequence), entry),
        put(keys.auditHead(group), { sequence: entry.sequence, hash: entry.hash }),
      ],
    });
  }

  async cursor(channel: string, group = orders): Promise<unknown> {
    const [entry] = (await this.journal.read(keys.notified(channel, group))).entries;
    return entry && (JSON.parse(entry.value) as unknown);
  }

  async leader(): Promise<string | undefined> {
    return (await this.journal.read(keys.notifierLeader())).entries[0]?.value;
  }
}

export const idsOf = ({ received }: InMemoryNotificationChannel): string[] => received.map(({ id }) => id);
