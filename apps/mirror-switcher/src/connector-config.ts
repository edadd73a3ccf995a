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
