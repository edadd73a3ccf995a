import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Notification } from '#libs/contracts';
import { approvalId, epoch } from '#libs/domain';
import { keys } from '#libs/journal';
import { chain, GENESIS } from '#libs/audit';
import { NotifierBench, orders, POLL_MS } from '../../../../test/support/notifier-bench.js';
import { NotificationChannel } from '../channel/notification-channel.js';
import { assemble } from './assemble.js';
import { Random } from '#libs/runtime';

const AFTER_MS = 120_000;
const APPROVAL = approvalId('approval-1');

class Heard extends NotificationChannel {
  readonly told: Notification[] = [];
  override async deliver(notification: Notification): Promise<void> {
    this.told.push(notification);
  }
}

class Steady extends Random {
  override fraction = () => 0.5;
  override id = () => 'one';
}

describe('an escalation', () => {
  let bench: NotifierBench;
  const [first, second] = [new Heard(), new Heard()];
  beforeEach(async () => {
    first.told.length = 0;
    second.told.length = 0;
    bench = new NotifierBench();
    const { clock, journal, log, readiness } = bench;
    const channels = [
      { id: 'first', minSeverity: 'info' as const, port: first },
      { id: 'second', minSeverity: 'info' as const, afterMs: AFTER_MS, port: second },
    ];
    const plan = { name: 'notifier@b#1', groups: [orders], channels, policy: { leaderTtlMs: 15_000, pollMs: POLL_MS } };
    await bench.start(assemble(plan, { clock, journal, log, readiness, random: new Steady() }));
    await clock.advance(POLL_MS);
  });
  afterEach(() => bench.end());

  async function ask(phase: string): Promise<void> {
    const at = bench.clock.now();
    const question = {
      id: APPROVAL,
      group: orders,
      kind: 'failover',
      target: 'b',
      phase,
      planHash: 'hash',
      vetoes: [],
      requestedAt: at,
      expiresAt: at + 600_000,
    };
    const entry = chain(GENESIS, {
      group: orders,
      at,
      actor: { kind: 'process', id: 'orchestrator@b' },
      rule: 'ask-approval',
      before: 'suspecting',
      after: 'awaiting-approval',
      epoch: epoch(1),
      evidence: { approval: APPROVAL },
    });
    const { sequence, hash } = entry;
    const put = (key: string, value: object) => ({ kind: 'put', key, value: JSON.stringify(value) }) as const;
    await bench.journal.commit({
      conditions: [],
      changes: [
        put(keys.approval(APPROVAL), question),
        put(keys.auditEntry(orders, sequence), entry),
        put(keys.auditHead(orders), { sequence, hash }),
      ],
    });
  }

  const answered = async (phase: string) => {
    const [entry] = (await bench.journal.read(keys.approval(APPROVAL))).entries;
    const value = JSON.stringify({ ...(JSON.parse(entry?.value ?? '{}') as object), phase });
    await bench.journal.commit({ conditions: [], changes: [{ kind: 'put', key: keys.approval(APPROVAL), value }] });
  };

  it('calls the next ones when nobody has decided for a while', async () => {
    await ask('pending');
    await bench.clock.advance(AFTER_MS - 2 * POLL_MS);
    expect([first.told.length, second.told.length]).toEqual([1, 0]);
    await bench.clock.advance(4 * POLL_MS);
    expect(second.told.map(({ rule }) => rule)).toEqual(['ask-approval']);
  });

  it('calls nobody for what was decided meanwhile', async () => {
    await ask('pending');
    await bench.clock.advance(AFTER_MS / 2);
    await answered('granted');
    await bench.clock.advance(AFTER_MS);
    expect([first.told.length, second.told.length]).toEqual([1, 0]);
    expect(await bench.cursor('second')).toEqual({ sequence: 1 });
  });
});
