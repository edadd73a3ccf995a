import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { mappingText, serversIn } from './proxy-mapping.js';
import type { ProxyRendering } from './proxy.js';

const SERVERS = 'kafka-0.b.example:9092,kafka-1.b.example:9092';
const setting = 'bootstrap.servers';
const environment: ProxyRendering = { as: 'kafka-proxy', form: 'environment', setting, listen: '127.0.0.1:32400' };
const flags: ProxyRendering = { ...environment, form: 'flags' };
const file: ProxyRendering = {
  as: 'kroxylicious',
  setting,
  listen: 'localhost:9192',
  nodeIds: [{ start: 0, end: 2 }],
};

describe('the mapping of a proxy', () => {
  it('is what kafka-proxy takes from its environment: mappings with a blank in between', () => {
    expect(mappingText(environment, SERVERS)).toBe(
      'kafka-0.b.example:9092,127.0.0.1:32400 kafka-1.b.example:9092,127.0.0.1:32401',
    );
  });

  it('is what kafka-proxy takes from its command line: one flag for each server', () => {
    expect(mappingText(flags, SERVERS).split('\n')).toEqual([
      '--bootstrap-server-mapping=kafka-0.b.example:9092,127.0.0.1:32400',
      '--bootstrap-server-mapping=kafka-1.b.example:9092,127.0.0.1:32401',
      '',
    ]);
  });

  it('is the file of Kroxylicious, with what else its people have in it', () => {
    const settings = { management: { port: 9190 }, filterDefinitions: [{ name: 'names', type: 'Multitenant' }] };
    const text = mappingText({ ...file, targetTls: { trust: { storeFile: '/ca.p12' } }, settings }, SERVERS);
    expect(parse(text)).toEqual({
      ...settings,
      virtualClusters: [
        {
          name: 'signalbox',
          targetCluster: { bootstrapServers: SERVERS, tls: { trust: { storeFile: '/ca.p12' } } },
          gateways: [
            {
              name: 'clients',
              portIdentifiesNode: {
                bootstrapAddress: 'localhost:9192',
                nodeIdRanges: [{ name: 'nodes-0', start: 0, end: 2 }],
              },
            },
          ],
        },
      ],
    });
  });

  it('is read back, whoever broke its lines', () => {
    expect(serversIn(environment, ` ${mappingText(environment, SERVERS).replace(' ', '\n')}\n`)).toBe(SERVERS);
    expect(serversIn(file, `# of orders\n${JSON.stringify(parse(mappingText(file, SERVERS)))}`)).toBe(SERVERS);
  });

  it('is none where anything else in it differs from ours', () => {
    const [byVariable, byFlag, byFile] = [environment, flags, file].map((each) => mappingText(each, SERVERS));
    for (const text of ['', byFlag!, byVariable!.replace('32401', '32499'), `${byVariable},adv.example:1`, byFile!])
      expect(serversIn(environment, text)).toBeUndefined();
    for (const text of [
      '',
      ' ',
      '[',
      'virtualClusters: 1',
      byFile!.replace('9192', '9292'),
      `${byFile}useIoUring: true`,
    ])
      expect(serversIn(file, text)).toBeUndefined();
    expect(serversIn(flags, byVariable!)).toBeUndefined();
  });

  it('reads back whatever it wrote', () => {
    const server = fc.tuple(fc.stringMatching(/^[a-z][a-z0-9.-]{0,9}[a-z0-9]$/), fc.integer({ min: 1, max: 65_535 }));
    fc.assert(
      fc.property(fc.array(server, { minLength: 1, maxLength: 5 }), (all) => {
        const servers = all.map(([host, port]) => `${host}:${port}`).join(',');
        for (const each of [environment, flags, file])
          expect(serversIn(each, mappingText(each, servers))).toBe(servers);
      }),
    );
  });
});
