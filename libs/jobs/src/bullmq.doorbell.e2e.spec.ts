import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Queue, Worker } from 'bullmq';
import { siteId } from '#libs/domain';
import { InMemoryLog, ProcessReadiness, SystemClock, SystemRandom } from '#libs/runtime';
import { RealRedis } from '../../../test/support/real-redis.js';
import { BullmqDoorbell } from './bullmq.doorbell.js';
import { doorbellConformance, eventually, ringOf } from './doorbell.conformance.js';

/** So that what fails, fails soon. */
const RING_TIMEOUT_MS = 500;
/** So that what works is not given up because the machine is busy: a ring that was given up may be heard all the same. */
const PATIENT_MS = 20_000;
/** What hangs with a dead or frozen Redis hangs for ever. */
const IN_TIME_MS = 10_000;
const RECOVERS_WITHIN_MS = 60_000;
const clock = new SystemClock();

describe('a real Redis', () => {
  let redis: RealRedis;
  beforeAll(async () => (redis = await RealRedis.start()));
  afterAll(() => redis?.kill());

  let log: InMemoryLog;
  let readiness: ProcessReadiness;
  const make = (ringTimeoutMs: number, canaryMaxAgeMs = 30_000) => {
    const options = { redis: redis.url, site: siteId('b'), ringTimeoutMs, canaryMaxAgeMs };
    return new BullmqDoorbell(options, { clock, random: new SystemRandom(), readiness });
  };
  beforeEach(() => {
    log = new InMemoryLog();
    readiness = new ProcessReadiness(log, clock);
  });

  doorbellConformance(BullmqDoorbell.name, async () => {
    await redis.command('FLUSHALL');
    const doorbell = make(PATIENT_MS);
    return { doorbell, end: () => doorbell.close() };
  });

  describe('that fails', () => {
    let doorbell: BullmqDoorbell;
    let heard: string[];
    beforeEach(async () => {
      await redis.command('FLUSHALL');
      doorbell = make(RING_TIMEOUT_MS);
      heard = [];
      doorbell.listen('dns-switcher', ({ step }) => heard.push(step));
      await eventually(() => doorbell.ring('dns-switcher', ringOf('first')));
      await eventually(() => heard.includes('first'));
    });
    afterEach(async () => {
      await doorbell?.close();
      redis?.thaw();
    });

    const isSilent = async (): Promise<void> => {
      for (let rings = 0; rings < 3; rings++) {
        const sinceMs = clock.monotonicMs();
        expect(await doorbell.ring('dns-switcher', ringOf('silent'))).toBe(false);
        expect(clock.monotonicMs() - sinceMs).toBeLessThan(IN_TIME_MS);
      }
    };
    const heardInTheEnd = async (): Promise<readonly string[]> => {
      await eventually(() => doorbell.ring('dns-switcher', ringOf('again')), RECOVERS_WITHIN_MS);
      await eventually(() => heard.includes('again'), RECOVERS_WITHIN_MS);
      return heard;
    };
    const warnings = () => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

    it('is silent in time while Redis is dead, says so once, and recovers when it returns empty', async () => {
      await redis.kill();
      await eventually(() => readiness.report().components['Redis']?.state === 'missing');
      await isSilent();
      await clock.sleep(1_500);
      expect(warnings()).toHaveLength(1);
      expect(warnings()[0]).toContain(new URL(redis.url).host);
      await redis.start();
      expect(await heardInTheEnd()).toContain('again');
      await eventually(() => readiness.report().components['Redis']?.state === 'ready');
      expect(warnings()).toHaveLength(1);
    });

    it('is silent in time while Redis is frozen, and recovers when it thaws', async () => {
      await redis.freeze();
      await isSilent();
      expect(readiness.report().components['Redis']?.state).toBe('missing');
      redis.thaw();
      expect(await heardInTheEnd()).toContain('again');
    });

    it('recovers from a frozen Redis that dies and comes back', async () => {
      await redis.freeze();
      await isSilent();
      await redis.kill();
      await redis.start();
      expect(await heardInTheEnd()).toContain('again');
    });

    it('goes on when Redis is wiped', async () => {
      await redis.command('FLUSHALL');
      expect(await heardInTheEnd()).toContain('again');
    });
  });

  describe('with a listener that goes deaf', () => {
    const CANARY_MAX_AGE_MS = 1_500;
    const bell = () => readiness.report().components['bell of dns-switcher']?.state;

    it('builds it anew when it does not hear its own canary, and says so', async () => {
      await redis.command('FLUSHALL');
      // As after a reconnect that was lost: the listener waits for a job for ever, and nothing says so.
      const run = jest.spyOn(Worker.prototype, 'run').mockReturnValue(new Promise(() => undefined));
      const doorbell = make(PATIENT_MS, CANARY_MAX_AGE_MS);
      try {
        const heard: string[] = [];
        doorbell.listen('dns-switcher', ({ step }) => heard.push(step));
        await eventually(() => doorbell.ring('dns-switcher', ringOf('unheard')));
        expect(heard).toEqual([]);
        expect(run).toHaveBeenCalled();
        run.mockRestore();
        await eventually(() => heard.includes('unheard'), RECOVERS_WITHIN_MS);
        await eventually(() => bell() === 'ready');
        expect(log.lines.map(({ message }) => message).join()).toContain('although it was rung');
      } finally {
        run.mockRestore();
        await doorbell.close();
      }
    });

    it('leaves one alone that only has nothing to do', async () => {
      const doorbell = make(PATIENT_MS, CANARY_MAX_AGE_MS);
      try {
        doorbell.listen('dns-switcher', () => undefined);
        await clock.sleep(3 * CANARY_MAX_AGE_MS);
        expect(bell()).toBe('ready');
        expect(log.lines.filter(({ message }) => message.includes('anew'))).toEqual([]);
      } finally {
        await doorbell.close();
      }
    });
  });

  it('does not tell of what somebody else put into the queue', async () => {
    await redis.command('FLUSHALL');
    const doorbell = make(PATIENT_MS);
    const stranger = new Queue('steps-dns-switcher', {
      connection: { url: redis.url, maxRetriesPerRequest: null },
      prefix: 'signalbox-b',
    });
    try {
      const heard: string[] = [];
      for (const data of [{}, { stepKey: '/signalbox/epoch' }, { ...ringOf('forged'), epoch: 'nine' }]) {
        await stranger.add('ring', data);
      }
      doorbell.listen('dns-switcher', ({ step }) => heard.push(step));
      await eventually(() => doorbell.ring('dns-switcher', ringOf('real')));
      await eventually(() => heard.length > 0);
      expect(heard).toEqual(['real']);
    } finally {
      await stranger.close();
      await doorbell.close();
    }
  });

  it('rings at the first try', async () => {
    const doorbell = make(PATIENT_MS);
    try {
      expect(await doorbell.ring('dns-switcher', ringOf('at-once'))).toBe(true);
    } finally {
      await doorbell.close();
    }
  });

  it('starts while Redis is away, and is heard when it comes', async () => {
    await redis.kill();
    const doorbell = make(RING_TIMEOUT_MS);
    try {
      const heard: string[] = [];
      doorbell.listen('site-guard', ({ step }) => heard.push(step));
      expect(await doorbell.ring('site-guard', ringOf('x'))).toBe(false);
      await eventually(() => readiness.report().components['Redis']?.state === 'missing');
      await redis.start();
      await eventually(
        async () => (await doorbell.ring('site-guard', ringOf('x'))) && heard.length > 0,
        RECOVERS_WITHIN_MS,
      );
    } finally {
      await doorbell.close();
    }
  });

  it('closes in time while Redis is frozen', async () => {
    const doorbell = make(RING_TIMEOUT_MS);
    doorbell.listen('site-guard', () => undefined);
    await eventually(() => doorbell.ring('site-guard', ringOf('x')));
    await redis.freeze();
    const sinceMs = clock.monotonicMs();
    await doorbell.close();
    redis.thaw();
    expect(clock.monotonicMs() - sinceMs).toBeLessThan(IN_TIME_MS);
  });
});
