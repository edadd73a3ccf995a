import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, SignalboxError, UnavailableError } from '#libs/domain';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { freeUrl } from '../../../test/support/free-port.js';
import { insist } from '../../../test/support/insist.js';
import { RealEtcd } from '../../../test/support/real-etcd.js';
import { EtcdJournal } from './etcd.journal.js';
import { journalConformance } from './journal.conformance.js';
import type { WatchEvent } from './journal.js';

const clock = new SystemClock();
/** Where a member fails, so that this is noticed soon. */
const REQUEST_TIMEOUT_MS = 1_000;
/** Where none fails, so that a busy machine is not taken for one that does. */
const PATIENT_MS = 20_000;
const SOON_MS = 60_000;
/** A client that waits for a dead member waits for ever; no statement about how fast an election is on a busy machine. */
const IN_TIME_MS = 20_000;

for (const size of [1, 3] as const) {
  describe(`etcd of ${size}`, () => {
    let etcd: RealEtcd;
    beforeAll(async () => (etcd = await RealEtcd.start(size)));
    afterAll(() => etcd?.end());

    journalConformance(`${EtcdJournal.name} on ${size}`, async () => {
      const journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: PATIENT_MS }, clock);
      return {
        journal,
        compact: async (revision) => void (await etcd.post(0, '/v3/kv/compaction', { revision: String(revision) })),
        elapse: (ms) => clock.sleep(ms),
        end: () => journal.close(),
      };
    });
  });
}

/** Something that writes all the time and something that watches, each with another member as its own. */
class Traffic {
  readonly written: string[] = [];
  readonly unknown = new Set<string>();
  readonly seen: string[] = [];
  longestPauseMs = 0;
  readonly writer: EtcdJournal;
  readonly watcher: EtcdJournal;
  #stopped = false;
  #writing: Promise<void> | undefined;

  constructor(etcd: RealEtcd, own: number) {
    const endpoints = [...etcd.endpoints.slice(own), ...etcd.endpoints.slice(0, own)];
    this.writer = new EtcdJournal({ endpoints, requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
    this.watcher = new EtcdJournal({ endpoints, requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
  }

  async start(): Promise<void> {
    const { revision } = await insist(() => this.watcher.read('/traffic/'));
    const name = (event: WatchEvent) => (event.kind === 'put' ? event.entry.value : 'gone');
    this.watcher.watch('/traffic/', revision, {
      onEvents: (events) => this.seen.push(...events.map(name)),
      onGap: () => this.seen.push('gap'),
    });
    this.#writing = this.#write();
  }

  async #write(): Promise<void> {
    let lastMs = clock.monotonicMs();
    for (let n = 1; !this.#stopped; n++) {
      const value = String(n);
      try {
        await this.writer.commit({ conditions: [], changes: [{ kind: 'put', key: '/traffic/n', value }] });
        this.longestPauseMs = Math.max(this.longestPauseMs, clock.monotonicMs() - lastMs);
        lastMs = clock.monotonicMs();
        this.written.push(value);
      } catch (error) {
        if (error instanceof OutcomeUnknownError) this.unknown.add(value);
        else if (!(error instanceof UnavailableError)) throw error;
      }
      await clock.sleep(20);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all([this.writer.close(), this.watcher.close()]);
  }
}

const eventually = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const sinceMs = clock.monotonicMs();
  while (!(await holds())) {
    if (clock.monotonicMs() - sinceMs > SOON_MS) throw new Error(`not so within ${SOON_MS} ms: ${String(holds)}`);
    await clock.sleep(20);
  }
};

const faultOf = (fault: 'kill' | 'freeze', etcd: RealEtcd, victim: number) =>
  fault === 'kill'
    ? { fail: () => etcd.kill(victim), repair: () => etcd.restart(victim) }
    : { fail: () => etcd.freeze(victim), repair: async () => etcd.thaw(victim) };

describe('etcd of 3, one member failing', () => {
  let etcd: RealEtcd;
  beforeAll(async () => (etcd = await RealEtcd.start(3)));
  afterAll(() => etcd?.end());

  const faults = [
    { fault: 'kill', whom: 'leader' },
    { fault: 'kill', whom: 'follower' },
    { fault: 'freeze', whom: 'leader' },
    { fault: 'freeze', whom: 'follower' },
  ] as const;

  it.each(faults)(
    'goes on within seconds, losing and repeating nothing: $fault the $whom, which is the own member',
    async ({ fault, whom }) => {
      const victim = ((await etcd.leader()) + (whom === 'leader' ? 0 : 1)) % 3;
      const traffic = new Traffic(etcd, victim);
      const { fail, repair } = faultOf(fault, etcd, victim);
      let hasFailed = false;
      try {
        await traffic.start();
        await eventually(() => traffic.seen.length > 20);
        hasFailed = true;
        await fail();
        const before = traffic.written.length;
        const seenBefore = traffic.seen.length;
        await eventually(() => traffic.written.length > before + 50 && traffic.seen.length > seenBefore + 50);
        expect((await insist(() => traffic.writer.read('/traffic/'))).entries).toHaveLength(1);
        await eventually(() => traffic.watcher.missing().join() === etcd.endpoints[victim]);
        hasFailed = false;
        await repair();
        await eventually(() => traffic.watcher.missing().length === 0 && traffic.writer.missing().length === 0);
        await traffic.stop();
        const last = traffic.written.at(-1)!;
        await eventually(() => traffic.seen.includes(last));
        const expected = [...traffic.seen].filter((value) => !traffic.unknown.has(value));
        expect(expected).toEqual(traffic.written);
        expect(new Set(traffic.seen).size).toBe(traffic.seen.length);
        process.stderr.write(
          `${fault} ${whom}: longest pause between commits ${Math.round(traffic.longestPauseMs)} ms, ` +
            `${traffic.written.length} commits, ${traffic.unknown.size} unknown\n`,
        );
        expect(traffic.longestPauseMs).toBeLessThan(IN_TIME_MS);
      } finally {
        await traffic.close();
        if (hasFailed) await repair();
      }
    },
  );

  it('never loses a change in silence when a watch loses its member and history was compacted meanwhile', async () => {
    const endpoints = [...etcd.endpoints.slice(1), etcd.endpoints[0]!];
    const journal = new EtcdJournal({ endpoints, requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
    const put = (key: string) =>
      insist(() => journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: '' }] }));
    const calls: string[] = [];
    try {
      const { revision } = await insist(() => journal.read('/quiet/'));
      const onEvents = (events: readonly WatchEvent[]) => calls.push(`${events.length} event`);
      journal.watch('/quiet/', revision, { onEvents, onGap: () => calls.push('gap') });
      await put('/quiet/first');
      await eventually(() => calls.length === 1);
      for (let n = 0; n < 5; n++) await put('/elsewhere');
      const busy = await insist(() => journal.read('/elsewhere'));
      await etcd.post(0, '/v3/kv/compaction', { revision: String(busy.revision) });
      await etcd.kill(1);
      await eventually(() => journal.missing().includes(etcd.endpoints[1]!));
      await put('/quiet/second');
      await eventually(() => calls.length === 2);
      // It goes on when it had asked how far its member has come, and meets a gap when it had not yet.
      expect([
        ['1 event', '1 event'],
        ['1 event', 'gap'],
      ]).toContainEqual(calls);
    } finally {
      await journal.close();
      await etcd.restart(1);
    }
  });

  it('says unavailable or unknown, within the deadline, when the quorum is gone', async () => {
    const journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
    try {
      await Promise.all([1, 2].map((index) => etcd.freeze(index)));
      const sinceMs = clock.monotonicMs();
      await expect(journal.read('/traffic/')).rejects.toThrow(UnavailableError);
      const commit = { conditions: [], changes: [{ kind: 'put', key: '/traffic/x', value: '' }] } as const;
      await expect(journal.commit(commit)).rejects.toThrow(SignalboxError);
      expect(clock.monotonicMs() - sinceMs).toBeLessThan(IN_TIME_MS);
      await eventually(() => journal.missing().length === etcd.endpoints.length);
    } finally {
      for (const index of [1, 2]) etcd.thaw(index);
      await journal.close();
    }
  });
});

describe('a member of another cluster', () => {
  it('is not believed, also when nobody else is left: the first that answered says which cluster is meant', async () => {
    const clusters = await Promise.all([RealEtcd.start(1), RealEtcd.start(1)]);
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const endpoints = clusters.flatMap((cluster) => cluster.endpoints);
    const journal = new EtcdJournal({ endpoints, requestTimeoutMs: PATIENT_MS }, clock, readiness);
    try {
      await eventually(() => journal.missing().length === 1);
      const stranger = journal.missing()[0]!;
      expect(readiness.report().components[`journal member ${new URL(stranger).host}`]).toMatchObject({
        reason: expect.stringContaining('belongs to the etcd cluster'),
      });
      const changes = [{ kind: 'put', key: '/a', value: '' }] as const;
      await insist(() => journal.commit({ conditions: [], changes }));
      await clusters.find((cluster) => cluster.endpoints[0] !== stranger)!.kill(0);
      await expect(journal.read('/a')).rejects.toThrow(UnavailableError);
      await expect(journal.commit({ conditions: [], changes })).rejects.toThrow(SignalboxError);
    } finally {
      await Promise.all([journal.close(), ...clusters.map((cluster) => cluster.end())]);
    }
  });
});

describe('etcd that is not there', () => {
  it('says so, once for each member', async () => {
    const endpoints = [await freeUrl(), await freeUrl()];
    const log = new InMemoryLog();
    const readiness = new ProcessReadiness(log, clock);
    const journal = new EtcdJournal({ endpoints, requestTimeoutMs: 100 }, clock, readiness);
    try {
      await eventually(() => journal.missing().length === 2);
      for (let reads = 0; reads < 3; reads++) await expect(journal.read('/a')).rejects.toThrow(UnavailableError);
      expect(log.lines.map(({ message }) => message).toSorted()).toEqual(
        endpoints.map((endpoint) => `The journal member at ${endpoint} does not answer`).toSorted(),
      );
      const { components } = readiness.report();
      expect(Object.keys(components)).toEqual(
        endpoints.map((endpoint) => `journal member ${new URL(endpoint).host}`).toSorted(),
      );
    } finally {
      await journal.close();
    }
  });

  it('says unavailable, since nothing can have been written', async () => {
    const endpoints = [await freeUrl(), await freeUrl()];
    const journal = new EtcdJournal({ endpoints, requestTimeoutMs: PATIENT_MS }, clock);
    try {
      const changes = [{ kind: 'put', key: '/a', value: '' }] as const;
      await expect(journal.commit({ conditions: [], changes })).rejects.toThrow(UnavailableError);
      await expect(journal.grantLease(1_000)).rejects.toThrow('ECONNREFUSED');
      expect(journal.missing()).toEqual(endpoints);
    } finally {
      await journal.close();
    }
  });
});
