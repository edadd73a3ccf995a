import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { siteId } from '#libs/domain';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { RealRedis } from '../../../test/support/real-redis.js';
import { BullmqDoorbell } from './bullmq.doorbell.js';
import { doorbellConformance, eventually } from './doorbell.conformance.js';

const RING_TIMEOUT_MS = 500;
const clock = new SystemClock();

describe('a real Redis', () => {
  let redis: RealRedis;
  beforeAll(async () => (redis = await RealRedis.start()));
  afterAll(() => redis?.kill());

  let log: InMemoryLog;
  let readiness: ProcessReadiness;
  const make = () => {
    const options = { redis: redis.url, site: siteId('b'), ringTimeoutMs: RING_TIMEOUT_MS };
    return new BullmqDoorbell(options, readiness);
  };
  beforeEach(() => {
    log = new InMemoryLog();
    readiness = new ProcessReadiness(log, clock);
  });

  doorbellConformance(BullmqDoorbell.name, async () => {
    await redis.command('FLUSHALL');
    const doorbell = make();
    return { doorbell, end: () => doorbell.close() };
  });

  describe('that fails', () => {
    let doorbell: BullmqDoorbell;
    let heard: string[];
    beforeEach(async () => {
      await redis.command('FLUSHALL');
      doorbell = make();
      heard = [];
      doorbell.listen('dns-switcher', (stepKey) => heard.push(stepKey));
      await eventually(() => doorbell.ring('dns-switcher', '/first'));
      await eventually(() => heard.includes('/first'));
    });
    afterEach(() => doorbell.close());

    const isSilent = async (): Promise<void> => {
      for (let rings = 0; rings < 3; rings++) {
        const sinceMs = clock.monotonicMs();
        expect(await doorbell.ring('dns-switcher', '/silent')).toBe(false);
        expect(clock.monotonicMs() - sinceMs).toBeLessThan(RING_TIMEOUT_MS + 250);
      }
    };
    const heardInTheEnd = async (): Promise<readonly string[]> => {
      await eventually(() => doorbell.ring('dns-switcher', '/again'), 15_000);
      await eventually(() => heard.includes('/again'), 15_000);
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
      expect(await heardInTheEnd()).toContain('/again');
      await eventually(() => readiness.report().components['Redis']?.state === 'ready');
      expect(warnings()).toHaveLength(1);
    });

    it('is silent in time while Redis is frozen, and recovers when it thaws', async () => {
      redis.freeze();
      await isSilent();
      expect(readiness.report().components['Redis']?.state).toBe('missing');
      redis.thaw();
      expect(await heardInTheEnd()).toContain('/again');
    });

    it('recovers from a frozen Redis that dies and comes back', async () => {
      redis.freeze();
      await isSilent();
      await redis.kill();
      await redis.start();
      expect(await heardInTheEnd()).toContain('/again');
    });

    it('goes on when Redis is wiped', async () => {
      await redis.command('FLUSHALL');
      expect(await heardInTheEnd()).toContain('/again');
    });
  });

  it('rings at the first try', async () => {
    const doorbell = make();
    expect(await doorbell.ring('dns-switcher', '/at-once')).toBe(true);
    await doorbell.close();
  });

  it('starts while Redis is away, and is heard when it comes', async () => {
    await redis.kill();
    const doorbell = make();
    try {
      const heard: string[] = [];
      doorbell.listen('site-guard', (stepKey) => heard.push(stepKey));
      expect(await doorbell.ring('site-guard', '/x')).toBe(false);
      await eventually(() => readiness.report().components['Redis']?.state === 'missing');
      await redis.start();
      await eventually(async () => (await doorbell.ring('site-guard', '/x')) && heard.length > 0, 15_000);
    } finally {
      await doorbell.close();
    }
  });

  it('closes in time while Redis is frozen', async () => {
    const doorbell = make();
    doorbell.listen('site-guard', () => undefined);
    await eventually(() => doorbell.ring('site-guard', '/x'));
    redis.freeze();
    const sinceMs = clock.monotonicMs();
    await doorbell.close();
    redis.thaw();
    expect(clock.monotonicMs() - sinceMs).toBeLessThan(4 * RING_TIMEOUT_MS);
  });
});
