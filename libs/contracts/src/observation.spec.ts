import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { clusterId, processId, siteId } from '#libs/domain';
import { observationEvent, observationId, openObservation, type Observation } from './observation.js';
import type { Keyring } from './signing.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = { keyId: 'w-1', privateKey };
const keyring: Keyring = new Map([['w-1', { site: siteId('w'), publicKey }]]);

const observation: Observation = {
  vantage: siteId('w'),
  process: processId('health-monitor@w'),
  incarnation: 'i-1',
  sequence: 3,
  cluster: clusterId('kafka-a'),
  probes: [
    { probe: 'tcp', ok: true, latencyMs: 0.4 },
    { probe: 'produce', ok: false, latencyMs: 2_000, detail: 'no answer within 2000 ms' },
  ],
  opinion: 'suspect',
  reason: 'produce failed on 1 of 1 canary partitions for 3 rounds',
  failedForMs: 9_000,
  healthyForMs: 0,
  flows: [],
  recorded: true,
  configHash: 'c0ffee',
};
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const event = observationEvent(observation, { time: new Date(0), traceparent }, key);

describe('an observation event', () => {
  it('is a CloudEvent whose attribute names the specification allows', () => {
    expect(event).toMatchObject({ specversion: '1.0', type: 'io.signalbox.observation.v1', subject: 'kafka-a' });
    expect(event).toMatchObject({ id: 'health-monitor@w/i-1/3', time: '1970-01-01T00:00:00.000Z', traceparent });
    for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]+$/);
  });

  it('is read back exactly as it was signed', () => {
    expect(openObservation(JSON.stringify(event), keyring, 'event')).toEqual({ ok: true, value: event });
    expect(observationId(event.data)).toBe(event.id);
  });

  it('is refused when its data, its envelope or its vantage was changed', () => {
    const changed = [
      { ...event, data: { ...observation, opinion: 'down' } },
      { ...event, time: '2020-01-01T00:00:00.000Z' },
      { ...event, data: { ...observation, vantage: 'a' } },
    ];
    for (const each of changed) expect(openObservation(JSON.stringify(each), keyring, 'event').ok).toBe(false);
  });
});
