import type { SimRedis } from '../world/sim-redis.js';
import type { FaultKind } from './fault.js';

const MINUTE_MS = 60_000;

const queues = (
  name: string,
  says: string,
  begin: (queue: SimRedis) => void,
  end: (queue: SimRedis) => void,
): FaultKind => ({
  name,
  lasts: [10_000, 5 * MINUTE_MS],
  strike: ({ stage }) => {
    const all = [...stage.queues.values()];
    all.forEach(begin);
    return { says, end: () => all.forEach(end) };
  },
});

export const ofQueues: readonly FaultKind[] = [
  queues(
    'redis-away',
    'no queue answers',
    (queue) => (queue.isAway = true),
    (queue) => (queue.isAway = false),
  ),
  queues(
    'redis-loses',
    'queues lose most of what they get',
    (queue) => (queue.lossShare = 0.8),
    (queue) => (queue.lossShare = 0),
  ),
  queues(
    'redis-doubles',
    'queues deliver twice',
    (queue) => (queue.doubleShare = 0.8),
    (queue) => (queue.doubleShare = 0),
  ),
  queues(
    'redis-stalls',
    'queues hold back what they get',
    (queue) => (queue.stallMs = 60_000),
    (queue) => (queue.stallMs = 0),
  ),
  queues(
    'redis-wiped',
    'queues are wiped',
    (queue) => queue.wipe(),
    (queue) => queue.wipe(),
  ),
];
