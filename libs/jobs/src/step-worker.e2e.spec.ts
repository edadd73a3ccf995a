import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, processId, siteId, type WriteAccess } from '#libs/domain';
import { EtcdJournal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, SystemClock, SystemRandom } from '#libs/runtime';
import { RealEtcd } from '../../../test/support/real-etcd.js';
import { RealRedis } from '../../../test/support/real-redis.js';
import { startTogether } from '../../../test/support/start-together.js';
import { StepBook } from '../../../test/support/step-book.js';
import { BullmqDoorbell } from './bullmq.doorbell.js';
import { eventually, ringOf } from './doorbell.conformance.js';
import { InMemoryFencedResource } from './in-memory.fenced-resource.js';
import { StepWorker } from './step-worker.js';

const REQUEST_TIMEOUT_MS = 500;
const POLL_MS = 2_000;
/** So seldom that whatever is done in this test was not found by looking. */
const NEVER_MS = 3_600_000;
const DONE_WITHIN_MS = 60_000;
const clock = new SystemClock();

describe('a worker on a real journal and a real doorbell', () => {
  let etcd: RealEtcd;
  let redis: RealRedis;
  beforeAll(async () => {
    [etcd, redis] = await startTogether(RealEtcd.start(3), RealRedis.start());
  });
  afterAll(() => Promise.all([etcd?.end(), redis?.end()]));

  let leaderJournal: EtcdJournal;
  let workerJournal: EtcdJournal;
  let doorbell: BullmqDoorbell;
  let bell: BullmqDoorbell;
  let book: StepBook;
  let resource: InMemoryFencedResource<WriteAccess>;
  let worker: StepWorker;
  let startWorker: (pollMs: number) => void;

  beforeEach(async () => {
    const [own = '', ...others] = etcd.endpoints;
    leaderJournal = new EtcdJournal({ endpoints: others, requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
    workerJournal = new EtcdJournal({ endpoints: [own, ...others], requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const options = { redis: redis.url, site: siteId('b'), ringTimeoutMs: REQUEST_TIMEOUT_MS };
    const ports = { clock, random: new SystemRandom(), readiness };
    [doorbell, bell] = [new BullmqDoorbell(options, ports), new BullmqDoorbell(options, ports)];
    resource = new InMemoryFencedResource<WriteAccess>('inbound');
    book = new StepBook(leaderJournal);
    await book.epoch(7);
    startWorker = (pollMs) => {
      worker = new StepWorker(
        { journal: workerJournal, clock, readiness, doorbell },
        { site: siteId('b'), worker: 'site-guard', process: processId('site-guard@b'), pollMs },
        () => resource,
      );
      worker.start();
    };
  });
  afterEach(async () => {
    await worker?.stop();
    await Promise.all([doorbell, bell, workerJournal, leaderJournal].map((each) => each?.close()));
  });

  const doneAfterMs = async (name: string, ring = true): Promise<number> => {
    const sinceMs = clock.monotonicMs();
    const step = await book.open({ name });
    if (ring) void bell.ring('site-guard', book.ringFor(step));
    await eventually(async () => (await book.status(name)) === 'done', DONE_WITHIN_MS);
    return clock.monotonicMs() - sinceMs;
  };

  it('does what is opened, long before it would look by itself', async () => {
    startWorker(NEVER_MS);
    await doneAfterMs('warm-up');
    const tookMs: number[] = [];
    for (let i = 0; i < 10; i++) tookMs.push(await doneAfterMs(`step-${i}`));
    expect(await book.waiting()).toEqual([]);
    process.stderr.write(`opened to reported: ${tookMs.map((ms) => Math.round(ms)).join(', ')} ms\n`);
  });

  it('goes on while Redis is dead and its own etcd member is frozen', async () => {
    startWorker(POLL_MS);
    await doneAfterMs('before');
    await redis.kill();
    await etcd.freeze(0);
    try {
      await doneAfterMs('meanwhile');
      expect(resource.held).toMatchObject({ value: 'clients', epoch: 7 });
    } finally {
      etcd.thaw(0);
      await redis.start();
    }
    await eventually(() => workerJournal.missing().length === 0);
    await eventually(() => bell.ring('site-guard', ringOf('none')));
    await doneAfterMs('after');
  });

  it('loses nothing when Redis is wiped again and again while steps wait', async () => {
    startWorker(POLL_MS);
    await doneAfterMs('before');
    for (let wipe = 0; wipe < 5; wipe++) {
      const step = await book.open({ name: `wiped-${wipe}` });
      void bell.ring('site-guard', book.ringFor(step));
      await redis.command('FLUSHALL');
    }
    await eventually(async () => (await book.waiting()).length === 0, DONE_WITHIN_MS);
    expect(resource.held).toMatchObject({ value: 'clients', epoch: 7 });
    await doneAfterMs('after');
  });

  it('does a step once that is rung for twice, also after it is done', async () => {
    startWorker(NEVER_MS);
    await doneAfterMs('warm-up');
    const before = Number(resource.held.version);
    const step = await book.open({ name: 'twice' });
    for (let rings = 0; rings < 2; rings++) await eventually(() => bell.ring('site-guard', book.ringFor(step)));
    await eventually(async () => (await book.status('twice')) === 'done', DONE_WITHIN_MS);
    await eventually(() => bell.ring('site-guard', book.ringFor(step)));
    await doneAfterMs('after');
    expect(Number(resource.held.version) - before).toBe(2);
  });

  it('leaves a step alone whose epoch is over', async () => {
    startWorker(POLL_MS);
    await book.epoch(8);
    await book.open({ name: 'stale', epoch: epoch(7) });
    await book.open({ name: 'current', epoch: epoch(8), desired: 'none' });
    await eventually(async () => (await book.status('current')) === 'done');
    expect(await book.status('stale')).toBe('open');
    expect(resource.held).toMatchObject({ value: 'none', epoch: 8 });
  });
});
