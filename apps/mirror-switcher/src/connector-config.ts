import type { ConnectorConfig } from './connect-client.js';

/**
 * A stop waits for the calls to the source that are under way: without these about 55 s when it is dead or frozen, with
 * them 1 to 4 s. A source nearby bears less (`test/lab/flow.ts`: 0.2 to 0.6 s).
 */
export const STOPS_WITHOUT_ITS_SOURCE: ConnectorConfig = {
  'source.admin.default.api.timeout.ms': '3000',
  'source.admin.request.timeout.ms': '2000',
  'source.consumer.default.api.timeout.ms': '4000',
  'source.consumer.request.timeout.ms': '3000',
  'admin.timeout.ms': '3000',
};

/** The settings whose absence makes a stop slow when it matters; a preflight finding. */
export const missingTimeouts = (config: ConnectorConfig): readonly string[] =>
  Object.keys(STOPS_WITHOUT_ITS_SOURCE).filter((key) => config[key] === undefined);

/**
 * A connection to the target that breaks, as when a fence closes its listener, leaves open whether the last request was
 * taken, and the producer sends it again. Only an idempotent one is recognised by the broker (KIP-98); Connect switches
 * that off for source connectors unless it is asked for (`Worker.baseProducerConfigs`, KAFKA-13759).
 */
export const SENDS_ONCE: ConnectorConfig = { 'producer.override.enable.idempotence': 'true' };

/** Whether records of the connector may come to be in the target's log twice, in one request each; a preflight finding. */
export const maySendTwice = (config: ConnectorConfig): boolean =>
  (config['connector.class'] ?? '').endsWith('MirrorSourceConnector') &&
  config['exactly.once.support'] !== 'required' &&
  Object.entries(SENDS_ONCE).some(([key, value]) => config[key] !== value);
