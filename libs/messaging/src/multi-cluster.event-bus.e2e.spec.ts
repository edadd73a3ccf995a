import { afterAll, beforeAll, describe } from '@jest/globals';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { until } from '../../../test/lab/condition.js';
import { Lab } from '../../../test/lab/lab.js';
import type { KafkaSite } from '../../../test/lab/layout.js';
import { createTopic, labAccess } from '../../../test/support/lab-kafka.js';
import { eventBusConformance, type Which } from './event-bus.conformance.js';
import { busCluster } from './kafka.bus-cluster.js';
import { MultiClusterEventBus } from './multi-cluster.event-bus.js';

const SOON_MS = 120_000;
const SITES = { first: 'a', second: 'b' } as const satisfies Record<Which, KafkaSite>;
const clock = new SystemClock();

describe('event bus over two real clusters', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka'] });
    await Promise.all((['a', 'b'] as const).map((site) => createTopic(lab, site, 'conformance', 2)));
  }, 300_000);

  afterAll(async () => {
    await lab?.down();
  });

  const make = () => {
    const clusters = (['a', 'b'] as const).map((site) => busCluster(labAccess(lab, site, 'admin')));
    const runtime = { clock, log: new InMemoryLog(), readiness: new ProcessReadiness(new InMemoryLog(), clock) };
    return new MultiClusterEventBus(clusters, { waitMs: 500, retryMs: 200 }, runtime);
  };
  const wait = (condition: () => boolean) =>
    until(String(condition), SOON_MS, async () => {
      if (!condition()) throw new Error('not yet');
    });

  describe('one of them frozen', () => {
    eventBusConformance(async () => ({
      bus: make(),
      until: wait,
      lose: async (which) => lab.freeze(SITES[which]),
      regain: async (which) => lab.thaw(SITES[which]),
    }));
  });

  describe('one of them killed', () => {
    eventBusConformance(async () => ({
      bus: make(),
      until: wait,
      lose: (which) => lab.holdProcess(SITES[which], 'kafka'),
      regain: async (which) => lab.releaseProcess(SITES[which], 'kafka'),
    }));
  });
});
