import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { InMemoryKafka, openInMemory } from '#libs/kafka';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import type { Channel } from './event-bus.js';
import { eventBusConformance } from './event-bus.conformance.js';
import { MultiClusterEventBus, type BusCluster } from './multi-cluster.event-bus.js';

const clock = new SystemClock();
const pace = { waitMs: 5, retryMs: 5 };

const until = async (condition: () => boolean): Promise<void> => {
  for (let attempt = 0; !condition(); attempt++) {
    if (attempt > 500) throw new Error(`not so in time: ${String(condition)}`);
    await clock.sleep(5);
  }
};

const make = () => {
  const clusters = ['a', 'b'].map((name) =>
    new InMemoryKafka({ cluster: clusterId(name), timeoutMs: 20, superUsers: ['User:admin'] }, clock).createTopic(
      'conformance',
      2,
    ),
  );
  const log = new InMemoryLog();
  const readiness = new ProcessReadiness(log, clock);
  const parts = clusters.map((kafka): BusCluster => ({
    cluster: kafka.cluster,
    toWrite: openInMemory(kafka).log,
    openToRead: () => openInMemory(kafka),
    close: () => Promise.resolve(),
  }));
  return {
    bus: new MultiClusterEventBus(parts, pace, { clock, log, readiness }),
    first: clusters[0]!,
    second: clusters[1]!,
    log,
    readiness,
  };
};

describe('event bus over clusters in memory', () => {
  for (const condition of ['killed', 'frozen'] as const) {
    describe(`one of them ${condition}`, () => {
      eventBusConformance(async () => {
        const clusters = make();
        return {
          bus: clusters.bus,
          until,
          lose: async (which) => void (clusters[which].condition = condition),
          regain: async (which) => void (clusters[which].condition = 'serving'),
        };
      });
    });
  }

  it('says once what it misses, and once that it is back', async () => {
    const { bus, second, log, readiness } = make();
    second.condition = 'killed';
    for (let i = 0; i < 5; i++) {
      bus.publish('conformance', 'key', 'body');
      await clock.sleep(5);
    }
    expect(log.lines.map(({ message }) => message)).toEqual(['No events to cluster b: Cannot connect to cluster b.']);
    expect(readiness.report().components['events to cluster b']).toMatchObject({
      state: 'missing',
      impact: 'degraded',
    });

    second.condition = 'serving';
    bus.publish('conformance', 'key', 'body');
    await until(() => log.lines.length === 2);
    expect(log.lines[1]?.message).toBe('events to cluster b is back');
    await bus.close();
  });

  it('follows a topic that was deleted and made again, smaller and from offset 0', async () => {
    const { bus, first, second } = make();
    second.condition = 'killed';
    const received: string[] = [];
    const channel: Channel<string> = {
      topic: 'conformance',
      open: (text) => {
        const identity = { source: 'test', incarnation: text, sequence: 1 };
        return { ok: true, value: { event: text, identity } };
      },
    };
    bus.subscribe(channel, (event) => void received.push(event));
    let count = 0;
    const comesThrough = async (key: string) => {
      const since = count;
      await until(() => {
        bus.publish('conformance', key, `event-${++count}`);
        return received.some((event) => Number(event.split('-')[1]) > since);
      });
    };
    for (const key of ['a', 'b', 'c', 'd']) await comesThrough(key);
    first.createTopic('conformance', 1);
    for (const key of ['a', 'b', 'c', 'd']) await comesThrough(key);
    expect(received.length).toBeGreaterThanOrEqual(8);
    await bus.close();
  });

  it('names a refusal for what it is', async () => {
    const { bus, readiness } = make();
    bus.publish('elsewhere', 'key', 'body');
    await until(() => readiness.report().components['events to cluster a'] !== undefined);
    expect(readiness.report().components['events to cluster a']).toMatchObject({
      reason: expect.stringContaining('UNKNOWN_TOPIC_OR_PARTITION'),
    });
    await bus.close();
  });
});
