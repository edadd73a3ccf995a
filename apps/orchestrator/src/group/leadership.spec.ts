import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#libs/domain';
import { InMemoryJournal, type LeaseId } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, TimeSense, type Stop } from '#libs/runtime';
import { TroubledClock } from '../../../../test/support/troubled-clock.js';
import { UnreliableJournal } from '../../../../test/support/unreliable-journal.js';
import { FITNESS_WINDOW_MS } from './fitness.js';
import { Leadership } from './leadership.js';

const TERMS = { ttlMs: 15_000, commitMs: 2_000, lagMaxMs: 500 };

/** Answers renewals late, or holds grants back. */
class SlowJournal extends UnreliableJournal {
  renewals = 0;
  granted: LeaseId[] = [];
  renewalTakesMs = 0;
  grantBarrier: Promise<void> = Promise.resolve();

  constructor(
    journal: InMemoryJournal,
    private readonly clock: TroubledClock,
  ) {
    super(journal);
  }

  override async grantLease(ttlMs: number): Promise<LeaseId> {
    const lease = await super.grantLease(ttlMs);
    this.granted.push(lease);
    await this.grantBarrier;
    return lease;
  }

  override async renewLease(lease: LeaseId): Promise<boolean> {
    this.renewals += 1;
    const lives = await super.renewLease(lease);
    this.clock.stall(this.renewalTakesMs);
    return lives;
  }
}

describe(Leadership.name, () => {
  let clock: TroubledClock;
  let truth: InMemoryJournal;
  let journal: SlowJournal;
  let log: InMemoryLog;
  let readiness: ProcessReadiness;
  let leadership: Leadership;
  let stopSense: Stop;
  const leads = () => leadership.hold();
  const lease = async (): Promise<LeaseId> => {
    const held = await leadership.candidacy(0);
    if (held === undefined) throw new Error('no lease');
    return held;
  };
  const fitness = () => readiness.report().components['fitness to lead']?.state;

  beforeEach(async () => {
    clock = new TroubledClock();
    truth = new InMemoryJournal(clock);
    journal = new SlowJournal(truth, clock);
    log = new InMemoryLog();
    readiness = new ProcessReadiness(log, clock);
    const sense = new TimeSense(clock, FITNESS_WINDOW_MS);
    stopSense = sense.start();
    leadership = new Leadership({ journal, clock, log, readiness, timeSamples: () => sense.all() }, TERMS);
    await clock.advance(FITNESS_WINDOW_MS);
  });
  afterEach(async () => {
    stopSense();
    await truth.close();
  });

  it('has nothing to hold before it was a candidate', async () => {
    expect(await leads()).toBe(false);
  });

  it('keeps one lease for as long as it is asked, renewed every third of it', async () => {
    const held = await lease();
    for (let turn = 0; turn < 60; turn++) {
      expect(await leads()).toBe(true);
      await clock.advance(1_500);
    }
    expect(await truth.renewLease(held)).toBe(true);
    expect(journal.renewals).toBeLessThanOrEqual(60 / 3);
    expect(fitness()).toBeUndefined();
  });

  it('takes one lease for all groups, also when they ask at the same time', async () => {
    const leases = await Promise.all([1, 2, 3].map(() => leadership.candidacy(0)));
    expect(new Set(leases)).toEqual(new Set(journal.granted));
    expect(journal.granted).toHaveLength(1);
  });

  it('does not act on a renewal whose answer took nearly the whole lease', async () => {
    await lease();
    await clock.advance(5_000);
    journal.renewalTakesMs = 11_000;
    expect(await leads()).toBe(false);
    journal.renewalTakesMs = 0;
    expect(await leads()).toBe(true);
  });

  it('says that it does not know while the journal is away, and goes on when it returns in time', async () => {
    await lease();
    journal.goesAway();
    await clock.advance(6_000);
    await expect(leads()).rejects.toThrow(UnavailableError);
    journal.returns();
    expect(await leads()).toBe(true);
  });

  it('does not lead by a lease that is gone, and takes another one only as a candidate', async () => {
    const before = await lease();
    await truth.revokeLease(before);
    await clock.advance(5_000);
    expect(await leads()).toBe(false);
    expect(journal.granted).toHaveLength(1);
    expect(await lease()).not.toBe(before);
  });

  describe('when the machine was suspended', () => {
    it('resigns before it does anything else, though its own clock says that no time has passed', async () => {
      const held = await lease();
      clock.suspend(60_000);
      expect(await leads()).toBe(false);
      expect(await truth.renewLease(held)).toBe(false);
      expect(fitness()).toBe('missing');
      expect(log.lines.map(({ message }) => message).join()).toContain('wall clock jumped by 60000 ms');
    });

    it('is a candidate again when all has been calm for a while', async () => {
      await lease();
      clock.suspend(60_000);
      await leads();
      expect(await leadership.candidacy(0)).toBeUndefined();
      await clock.advance(FITNESS_WINDOW_MS + 1_000);
      expect(await leadership.candidacy(0)).toBeDefined();
      expect(fitness()).toBe('ready');
    });
  });

  it('resigns when somebody sets the clock back', async () => {
    await lease();
    clock.setByMs -= 5_000;
    await clock.advance(100);
    expect(await leads()).toBe(false);
  });

  describe('on a starved event loop', () => {
    const starve = async (times: number) => {
      for (let stall = 0; stall < times; stall++) {
        clock.stall(700);
        await clock.advance(300);
      }
    };

    it('forgives a pause that the lease outlasts', async () => {
      await lease();
      clock.stall(4_000);
      await clock.advance(200);
      expect(await leads()).toBe(true);
    });

    it('resigns when it stands still again and again', async () => {
      await lease();
      await starve(3);
      expect(await leads()).toBe(false);
      expect(log.lines.map(({ message }) => message).join()).toContain('stood still 3 times');
    });

    it('leads a group that nobody else has claimed for a whole lease: a slow leader is better than none', async () => {
      await lease();
      await starve(3);
      await leads();
      expect(await leadership.candidacy(14_999)).toBeUndefined();
      expect(await leadership.candidacy(15_000)).toBeDefined();
      await starve(3);
      expect(await leads()).toBe(true);
    });
  });

  describe('while its process ends', () => {
    it('begins nothing and takes no lease', async () => {
      await lease();
      leadership.drain();
      expect(await leads()).toBe(false);
      expect(await leadership.candidacy(60_000)).toBeUndefined();
    });

    it('gives back a lease whose grant was under way', async () => {
      const barrier = Promise.withResolvers<void>();
      journal.grantBarrier = barrier.promise;
      const candidacy = leadership.candidacy(0);
      await clock.advance(0);
      leadership.drain();
      barrier.resolve();
      expect(await candidacy).toBeUndefined();
      expect(await truth.renewLease(journal.granted[0] as LeaseId)).toBe(false);
    });
  });
});
