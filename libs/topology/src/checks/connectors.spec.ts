import { describe, expect, it } from '@jest/globals';
import { problemsAfter, refuses } from '../../../../test/support/broken-topology.js';

describe('the check of connectors', () => {
  refuses([
    [
      'one class for both connectors',
      (d) => void (d.flows[1].driver.settings['connector.class'] = 'x.MirrorSourceConnector'),
      'flows[1].driver.settings.connector.class',
      'a setting that Signalbox makes',
      'both connectors get the same settings',
    ],
    [
      'ACLs that follow the other site',
      (d) => void (d.flows[1].driver.settings['sync.topic.acls.enabled'] = true),
      'flows[1].driver.settings.sync.topic.acls.enabled',
      'a setting that Signalbox makes',
      'must differ between the sites',
    ],
    [
      'a secret that stands here itself',
      (d) => void (d.flows[1].driver.settings['source.cluster.ssl.keystore.password'] = 'hunter2'),
      'flows[1].driver.settings.source.cluster.ssl.keystore.password',
      'a secret in the open',
      'secretSettings',
    ],
    [
      'a setting in both places',
      (d) => void (d.flows[1].driver.secretSettings['source.cluster.security.protocol'] = { file: '/run/x' }),
      'flows[1].driver.secretSettings.source.cluster.security.protocol',
      'which stands under settings too',
      'one of the two',
    ],
  ]);

  it('shows no secret', () => {
    const problems = problemsAfter((d) => void (d.flows[1].driver.settings['x.sasl.jaas.config'] = 'hunter2'));
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});
