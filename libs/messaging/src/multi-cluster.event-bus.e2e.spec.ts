import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { observationEvent, type Keyring, type Observation } from '#libs/contracts';
import { clusterId, processId, siteId } from '#libs/domain';
import { InMemoryLog, Metrics, ProcessReadiness, SystemClock } from '#libs/runtime';
import { until } from '../../../test/lab/condition.js';
import { Lab } from '../../../test/lab/lab.js';
import type { KafkaSite } from '../../../test/lab/layout.js';
import { createTopic, labAccess } from '../../../test/support/lab-kafka.js';
import { eventBusConformance, type Which } from './event-bus.conformance.js';
import { busCluster } from './kafka.bus-cluster.js';
import { MultiClusterEventBus } from './multi-cluster.event-bus.js';
import { OBSERVATIONS_TOPIC, observationsChannel } from './observations.channel.js';

const SOON_MS = 120_000;
const SITES = { first: 'a', second: 'b' } as const satisfies Record<Which, KafkaSite>;
const clock = new SystemClock();

describe('event bus over two real clusters', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka'] });
    // Before anything is killed: a broker that comes back takes no topics yet.
    for (const site of ['a', 'b'] as const) {
      await createTopic(lab, site, 'conformance', 2);
      await createTopic(lab, site, OBSERVATIONS_TOPIC, 1);
    }
  }, 300_000);

  afterAll(async () => {
    await lab?.down();
  });

  const make = (metrics?: Metrics) => {
    const clusters = (['a', 'b'] as const).map((site) => busCluster(labAccess(lab, site, 'admin')));
    const runtime = {
      clock,
      log: new InMemoryLog(),
      readiness: new ProcessReadiness(new InMemoryLog(), clock),
      metrics,
    };
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

  it('takes no observation by somebody who may write to the topic and has no key of a site, and counts it', async () => {
    const site = generateKeyPairSync('ed25519');
    const keyring: Keyring = new Map([['b-1', { site: siteId('b'), publicKey: site.publicKey }]]);
    const metrics = new Metrics();
    const bus = make(metrics);
    const heard: string[] = [];
    bus.subscribe(observationsChannel(keyring), ({ data }) => void heard.push(data.reason));
    const say = (reason: string, { privateKey }: typeof site) => {
      const event = observationEvent(
        { ...DOWN, reason },
        { time: new Date(clock.now()) },
        { keyId: 'b-1', privateKey },
      );
      bus.publish(OBSERVATIONS_TOPIC, 'key', JSON.stringify(event));
    };
    const forgeries = () => {
      const all = metrics.read().find(([name]) => name === 'signalbox.events.dropped')?.[1] ?? [];
      return all.find(({ labels }) => labels['reason'] === 'forged')?.value ?? 0;
    };
    const attacker = generateKeyPairSync('ed25519');
    await until('a forgery is counted', SOON_MS, async () => {
      say('forged', attacker);
      if (forgeries() === 0) throw new Error('not yet');
    });
    await until('the site is heard', SOON_MS, async () => {
      say('signed', site);
      if (heard.length === 0) throw new Error('not yet');
    });
    await bus.close();
    expect(new Set(heard)).toEqual(new Set(['signed']));
  });
});

const DOWN: Observation = {
  vantage: siteId('b'),
  process: processId('health-monitor@b'),
  incarnation: 'i',
  sequence: 1,
  cluster: clusterId('kafka-a'),
  probes: [],
  opinion: 'down',
  reason: '',
  failedForMs: 1,
  healthyForMs: 0,
  flows: [],
  recorded: true,
  configHash: 'x',
};
