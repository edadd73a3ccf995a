import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chain, GENESIS, type ChainHead } from '#libs/audit';
import { siteId } from '#libs/domain';
import { keys } from '#libs/journal';
import { NotifierBench, POLL_MS } from '../../../../test/support/notifier-bench.js';
import { InMemoryNotificationChannel } from '../channel/in-memory.notification-channel.js';
import { ChannelUnavailableError } from '../errors.js';

const MINUTE_MS = 60_000;
const w = siteId('w');
const put = (key: string, value: object) => ({ kind: 'put', key, value: JSON.stringify(value) }) as const;

describe('an observation that no site signed', () => {
  let bench: NotifierBench;
  let channel: InMemoryNotificationChannel;
  let calm: InMemoryNotificationChannel;
  let head: ChainHead;
  beforeEach(async () => {
    bench = new NotifierBench();
    head = GENESIS;
    channel = new InMemoryNotificationChannel();
    calm = new InMemoryNotificationChannel();
    await written('login');
    const channels = [
      { id: 'ops', port: channel, minSeverity: 'critical' as const },
      { id: 'history', port: calm },
    ];
    await bench.start(bench.notifier('a', channels));
    await later(3 * POLL_MS);
  });
  afterEach(() => bench.end());

  async function written(...rules: readonly ('login' | 'observation-forged')[]): Promise<void> {
    const evidence = { problem: 'no key a-9\n<@U1>', times: 2 };
    for (const rule of rules) {
      const entry = chain(head, { site: w, at: bench.clock.now(), rule, evidence });
      head = entry;
      const { sequence, hash } = entry;
      const records = { [keys.siteAuditEntry(w, sequence)]: entry, [keys.siteAuditHead(w)]: { sequence, hash } };
      const changes = Object.entries(records).map(([key, value]) => put(key, value));
      await bench.journal.commit({ conditions: [], changes });
    }
  }
  async function later(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += POLL_MS) await bench.clock.advance(POLL_MS);
  }
  const told = () => channel.received.map(({ body }) => body[0]);

  it('is told over the channels, once and with what is known, and what was before is not', async () => {
    await written('login', 'observation-forged');
    await later(3 * POLL_MS);
    expect(channel.received).toMatchObject([
      { id: 'sites/w/3', rule: 'observation-forged', severity: 'critical', about: { sites: ['w'] } },
    ]);
    expect(told()).toEqual(['Seen at w, 2 times: no key a-9 <@U1>']);
    expect(calm.received).toEqual(channel.received);
  });

  it('is no flood: whoever makes it is told of every quarter of an hour, with how often it was', async () => {
    for (let times = 0; times < 20; times++) {
      await written('observation-forged');
      await later(MINUTE_MS);
    }
    expect(told()).toEqual(['Seen at w, 2 times: no key a-9 <@U1>', expect.stringMatching(/^Seen at w, 1[5-8] times/)]);
  });

  it('is told later to a channel that was away for a moment', async () => {
    let failures = 2;
    channel.answers = () => {
      if (failures-- > 0) return Promise.reject(new ChannelUnavailableError('nobody answers'));
      return undefined;
    };
    await written('observation-forged');
    await later(MINUTE_MS);
    expect([channel.received.length, calm.received.length]).toEqual([1, 1]);
  });
});
