import { describe, expect, it } from '@jest/globals';
import {
  clusterId,
  OutcomeUnknownError,
  processId,
  siteId,
  UnavailableError,
  type Opinion,
  type Vote,
} from '#libs/domain';
import { InMemoryJournal, keys, type CommitOutcome, type LeaseId, type Transaction } from '#libs/journal';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { VoteKeeper } from './vote-keeper.js';

const TTL_MS = 3_000;
const ROUND_MS = 500;

/** Can be out of reach, and counts what is written. */
class FlakyJournal extends InMemoryJournal {
  isReachable = true;
  loseNextAnswer = false;
  commits = 0;
  lease?: LeaseId;
  private late?: Transaction;

  override async commit(transaction: Transaction): Promise<CommitOutcome> {
    this.demandReachable();
    this.commits++;
    if (!this.loseNextAnswer) return super.commit(transaction);
    this.loseNextAnswer = false;
    this.late = transaction;
    throw new OutcomeUnknownError('it may or may not have been made');
  }
  /** Applies the write whose answer was lost. */
  async arriveLate(): Promise<CommitOutcome> {
    return super.commit(this.late!);
  }
  override async grantLease(ttlMs: number): Promise<LeaseId> {
    this.demandReachable();
    this.lease = await super.grantLease(ttlMs);
    return this.lease;
  }
  override async renewLease(lease: LeaseId): Promise<boolean> {
    this.demandReachable();
    return super.renewLease(lease);
  }
  private demandReachable(): void {
    if (!this.isReachable) throw new UnavailableError('no etcd member answered');
  }
}

const started = () => {
  const clock = new VirtualClock();
  const journal = new FlakyJournal(clock);
  const log = new InMemoryLog();
  const readiness = new ProcessReadiness(log, clock);
  const keeper = new VoteKeeper(journal, clock, readiness, { ttlMs: TTL_MS, everyMs: ROUND_MS });
  let sequence = 0;
  const offer = (opinion: Opinion, cluster = 'a') => {
    const vote: Vote = {
      site: siteId('b'),
      process: processId('health-monitor@b'),
      incarnation: 'one',
      sequence: ++sequence,
      cluster: clusterId(cluster),
      opinion,
      reason: '',
      failedForMs: 0,
      healthyForMs: 0,
      flows: [],
      keyId: 'b-1',
      signature: '',
    };
    keeper.offer(vote);
    return vote;
  };
  /** One round after another, each with this opinion of both clusters. */
  const rounds = async (count: number, opinion: Opinion) => {
    for (let round = 0; round < count; round++) {
      offer(opinion, 'a');
      offer('up', 'b');
      await clock.advance(ROUND_MS);
    }
  };
  const votes = async () => {
    const { entries } = await journal.read(keys.votes());
    return entries.map(({ value }) => JSON.parse(value) as Vote);
  };
  return { clock, journal, log, readiness, keeper, stop: keeper.start(), offer, rounds, votes };
};

describe('the vote keeper', () => {
  it('writes a change at once, and every round while anything but up', async () => {
    const { clock, offer, rounds, votes } = started();
    await rounds(4, 'up');
    const suspect = offer('suspect');
    await clock.advance(1);
    expect(await votes()).toContainEqual(suspect);
    for (let round = 0; round < 3; round++) {
      const vote = offer('suspect');
      await clock.advance(1);
      expect(await votes()).toContainEqual(vote);
    }
  });

  it('writes steady votes of all clusters together, three times in their lifetime', async () => {
    const { journal, rounds } = started();
    await rounds(4, 'up');
    const before = journal.commits;
    await rounds(60, 'up');
    const lifetimes = (60 * ROUND_MS) / TTL_MS;
    expect(journal.commits - before).toBeGreaterThanOrEqual(2 * lifetimes);
    expect(journal.commits - before).toBeLessThanOrEqual(4 * lifetimes);
  });

  it('lets votes end with the process', async () => {
    const { rounds, stop, votes } = started();
    await rounds(4, 'up');
    expect(await votes()).toHaveLength(2);
    await stop();
    expect(await votes()).toEqual([]);
  });

  it('withdraws a vote that no round renews, though others are', async () => {
    const { clock, offer, rounds, votes } = started();
    await rounds(4, 'up');
    for (let round = 0; round < 10; round++) {
      offer('up', 'b');
      await clock.advance(ROUND_MS);
    }
    expect((await votes()).map(({ cluster }) => cluster)).toEqual(['b']);
    const back = offer('down', 'a');
    await clock.advance(1);
    expect(await votes()).toContainEqual(back);
  });

  it('goes on without the journal, says so once, and votes again by itself under a new lease', async () => {
    const { clock, journal, keeper, log, readiness, rounds, votes, offer } = started();
    await rounds(4, 'up');
    expect(keeper.isRecorded).toBe(true);
    journal.isReachable = false;
    await rounds(12, 'down');
    expect(await votes()).toEqual([]);
    expect(keeper.isRecorded).toBe(false);
    expect(readiness.report().components['journal']).toMatchObject({ state: 'missing' });
    expect(log.lines).toHaveLength(1);

    journal.isReachable = true;
    const latest = offer('down');
    await clock.advance(ROUND_MS);
    expect(await votes()).toContainEqual(latest);
    expect(keeper.isRecorded).toBe(true);
    expect(log.lines).toHaveLength(2);
  });

  it('has its votes back within a round when the lease ended under it, as after a long pause', async () => {
    const { clock, journal, rounds, offer, votes } = started();
    await rounds(4, 'up');
    offer('up', 'a');
    offer('up', 'b');
    await clock.advance(1);
    await journal.revokeLease(journal.lease!);
    expect(await votes()).toEqual([]);
    await clock.advance(ROUND_MS);
    expect(await votes()).toHaveLength(2);
  });

  it('cannot be overwritten by a write of its own that arrives late', async () => {
    const { clock, journal, rounds, votes, offer } = started();
    await rounds(4, 'up');
    journal.loseNextAnswer = true;
    offer('down');
    await clock.advance(1);
    const newer = offer('suspect');
    await clock.advance(ROUND_MS);
    expect(await votes()).toContainEqual(newer);
    expect(await journal.arriveLate()).toEqual({ committed: false });
    expect(await votes()).toContainEqual(newer);
  });

  it('takes over what an earlier incarnation left, and gives it its own lease', async () => {
    const { clock, journal, rounds, votes } = started();
    const lease = await journal.grantLease(TTL_MS);
    const key = keys.vote(clusterId('a'), siteId('b'), processId('health-monitor@b'));
    await journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: '{}', lease }] });
    await rounds(12, 'up');
    await clock.advance(1);
    expect((await votes()).map(({ incarnation }) => incarnation)).toEqual(['one', 'one']);
  });

  it('writes again at once when somebody else touched its key', async () => {
    const { clock, journal, rounds, votes, offer } = started();
    await rounds(4, 'up');
    const key = keys.vote(clusterId('a'), siteId('b'), processId('health-monitor@b'));
    await journal.commit({ conditions: [], changes: [{ kind: 'delete', key }] });
    const vote = offer('suspect');
    await clock.advance(1);
    expect(await votes()).toContainEqual(vote);
  });
});
