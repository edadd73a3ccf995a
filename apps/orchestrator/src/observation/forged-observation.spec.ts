import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keyringOf, observationEvent, type Observation, type SigningKey } from '#libs/contracts';
import { clusterId, processId } from '#libs/domain';
import { InMemoryKafka, openInMemory } from '#libs/kafka';
import { MultiClusterEventBus, OBSERVATIONS_TOPIC, observationsChannel } from '#libs/messaging';
import { exposition, InMemoryLog, Metrics, ProcessReadiness, SystemClock } from '#libs/runtime';
import { b, stageKey, stageTopology } from '../../../../test/support/stage-topology.js';
import type { SiteNote } from '../audit/site-audit.js';
import { noteForged } from './forgery.js';
import { LocalView } from './local-view.js';

const TRIES = 1_000;
const cluster = clusterId('kafka-a');
const down: Observation = {
  vantage: b,
  process: processId('health-monitor@b'),
  incarnation: 'i',
  sequence: 1,
  cluster,
  probes: [],
  opinion: 'down',
  reason: 'the attacker says so',
  failedForMs: 3_600_000,
  healthyForMs: 0,
  flows: [],
  recorded: true,
  configHash: 'x',
};

/** Somebody who may write to the topic, and read all that is on it; what he lacks is a key of a site. */
describe('observations by somebody who may write to Kafka and has no key of a site', () => {
  const clock = new SystemClock();
  const log = new InMemoryLog();
  let metrics: Metrics;
  let view: LocalView;
  let noted: SiteNote[];
  let bus: MultiClusterEventBus;
  beforeEach(() => {
    metrics = new Metrics();
    noted = [];
    const audit = { noteOnce: (_: string, noteOf: (times: number) => SiteNote) => void noted.push(noteOf(1)) };
    view = new LocalView(clock, 60_000);
    const kafka = new InMemoryKafka({ cluster, timeoutMs: 20, superUsers: ['User:admin'] }, clock).createTopic(
      OBSERVATIONS_TOPIC,
      1,
    );
    const open = { cluster, toWrite: openInMemory(kafka).log, openToRead: () => openInMemory(kafka) };
    bus = new MultiClusterEventBus(
      [{ ...open, close: () => Promise.resolve() }],
      { waitMs: 5, retryMs: 5 },
      {
        clock,
        log,
        readiness: new ProcessReadiness(log, clock),
        metrics,
        onForged: (problem) => noteForged(audit, problem),
      },
    );
    bus.subscribe(observationsChannel(keyringOf(stageTopology())), ({ data }) => view.observe(data));
  });
  afterEach(() => bus.close());

  const write = (observation: Observation, key: SigningKey) =>
    bus.publish(
      OBSERVATIONS_TOPIC,
      'key',
      JSON.stringify(observationEvent(observation, { time: new Date(clock.now()) }, key)),
    );
  const until = async (condition: () => boolean, write: () => void) => {
    for (let attempt = 0; !condition(); attempt++) {
      if (attempt > TRIES) throw new Error('not in time');
      // The reader starts at the end of the topic, and says not when.
      if (attempt % 20 === 0) write();
      await clock.sleep(5);
    }
  };

  it.each([
    ['under the name of a key of a site', () => stageKey(b).keyId],
    ['under a name of his own', () => 'attacker-1'],
  ])('%s change nothing, and are counted for the alert', async (_, keyId) => {
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(exposition(metrics, {})).toContain('signalbox_events_dropped_total{signalbox_reason="forged"} 0');
    const forge = () => write(down, { keyId: keyId(), privateKey });
    const isAlarmed = () => !exposition(metrics, {}).includes('{signalbox_reason="forged"} 0\n');
    await until(isAlarmed, forge);
    expect(view.votes()).toEqual([]);
    expect(log.lines.map(({ message }) => message).join()).toMatch(
      /Dropped an event \(forged\)\. signalbox\.observations-0 of cluster kafka-a at offset \d+/,
    );
    expect(noted[0]).toMatchObject({ rule: 'observation-forged', evidence: { times: 1 } });
    // What the site itself says still counts, and the forgery has not taken its number.
    await until(
      () => view.votes().length === 1,
      () => write(down, stageKey(b)),
    );
  });
});
