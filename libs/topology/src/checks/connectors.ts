import type { Check } from './finding.js';

/** Settings that Signalbox derives from the flow, and what to write instead. */
const DERIVED: Readonly<Record<string, string>> = {
  name: 'driver.source and driver.checkpoint: both connectors get the same settings',
  'connector.class': 'nothing: both connectors get the same settings',
  topics: "the flow's topics",
  'replication.policy.class': "the flow's policy",
  'offset-syncs.topic.location': 'nothing: at the source the mapping of offsets would be lost with it',
  'sync.topic.acls.enabled': 'nothing: ACLs carry the fences and must differ between the sites',
  'sync.topic.configs.enabled': 'nothing: topic settings carry fences and must differ between the sites',
};

const settingsLeaveWhatTheFlowSays: Check = function* ({ flows }) {
  for (const [at, { driver }] of flows.entries()) {
    // What a resource of Strimzi's or a file says is not rendered by us: its settings only tell us of it.
    if (driver.kind !== 'connect') continue;
    for (const kind of ['settings', 'secretSettings'] as const) {
      for (const key of Object.keys(driver[kind])) {
        const expected = DERIVED[key];
        if (expected === undefined) continue;
        yield { at: ['flows', at, 'driver', kind, key], found: 'a setting that Signalbox makes', expected };
      }
    }
  }
};

const SECRET = /(password|secret|jaas\.config|\.token|ssl\.keystore\.key)$/;

const secretsAreReferredTo: Check = function* ({ flows }) {
  for (const [at, { driver }] of flows.entries()) {
    for (const key of Object.keys(driver.settings).filter((each) => SECRET.test(each))) {
      yield {
        at: ['flows', at, 'driver', 'settings', key],
        found: 'a secret in the open',
        expected: 'a reference under secretSettings: { file: … }',
      };
    }
  }
};

const settingsAreSetOnce: Check = function* ({ flows }) {
  for (const [at, { driver }] of flows.entries()) {
    if (driver.kind !== 'connect') continue;
    for (const key of Object.keys(driver.secretSettings).filter((each) => each in driver.settings)) {
      yield {
        at: ['flows', at, 'driver', 'secretSettings', key],
        found: `${key}, which stands under settings too`,
        expected: 'one of the two',
      };
    }
  }
};

/** Of the connectors that Signalbox may have to create. */
export const connectorChecks: readonly Check[] = [
  settingsLeaveWhatTheFlowSays,
  secretsAreReferredTo,
  settingsAreSetOnce,
];
