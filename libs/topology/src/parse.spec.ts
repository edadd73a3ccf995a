import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { siteId } from '#libs/domain';
import { parse, stringify } from 'yaml';
import { topologyHash } from './hash.js';
import { loadTopology } from './load.js';
import { parseTopology } from './parse.js';
import { TopologyError } from './problem.js';

const FILE = new URL('../../../../docs/examples/two-sites-and-witness.yaml', import.meta.url).pathname;
const EXAMPLE = readFileSync(FILE, 'utf8');

const messageFor = (text: string): string => {
  try {
    parseTopology(text);
  } catch (error) {
    if (error instanceof TopologyError) return error.message;
    throw error;
  }
  return '';
};

describe('parseTopology', () => {
  it("takes a webhook's address as it is: its receiver may tell two apart that differ in a final slash", () => {
    const [chat] = parseTopology(EXAMPLE.replace('example.com/signalbox', 'example.com/signalbox/')).channels;
    expect(chat).toMatchObject({ url: 'https://hooks.example.com/signalbox/' });
  });

  it('says where, what was found and what to write instead, for everything at once', () => {
    const text = EXAMPLE.replace('version: 1', 'version: 2')
      .replace('mode: automatic', 'mode: auto')
      .replace('rpoMs: 5000', 'rpoMs: fast\n      speed: 3')
      .replace('bootstrap: [kafka.b.example:9092]', 'bootstrap: [kafka.b.example]');
    const line = (found: string) => text.split('\n').findIndex((one) => one.includes(found)) + 1;
    expect(messageFor(text).split('\n')).toEqual([
      'signalbox.yaml cannot be used:',
      `  line ${line('version: 2')}: version: found 2; write the version of this format: 1`,
      `  line ${line('[kafka.b.example]')}: clusters[1].bootstrap[0]: found "kafka.b.example"; write host:port, for example broker-1.a.example:9092`,
      `  line ${line('mode: auto')}: groups[0].mode: found "auto"; write one of observe, approve, automatic`,
      `  line ${line('rpoMs: fast')}: groups[0].policy.rpoMs: found "fast"; write a number of milliseconds`,
      expect.stringContaining(
        `  line ${line('speed: 3')}: groups[0].policy.speed: found the unknown key speed; write only these keys here: quorum, `,
      ),
    ]);
  });

  it('never shows a secret that was written where a reference belongs', () => {
    const text = EXAMPLE.replace('password: { file: /run/secrets/kafka-a/password }', 'password: hunter2')
      .replace('privateKey: { file: /run/secrets/signing/a.pem }', 'privateKey: [hunter2]')
      .replace('redis://redis.a', 'redis://admin:hunter2@redis.a')
      .replace('secret: { file: /run/secrets/tsig/key }', 'secret: { hunter2: hunter2 }');
    const message = messageFor(text);
    expect(message).not.toContain('hunter2');
    expect(message).toContain('never the secret itself');
    expect(message).toContain(
      'found "redis://…@redis.a.example:6379"; write an address like redis://10.1.0.5:6379, without user or password',
    );
  });

  it('names the line of broken YAML', () => {
    expect(messageFor('version: 1\nsites: [\n')).toMatch(
      /^signalbox\.yaml cannot be used:\n {2}line \d: document: found /,
    );
    expect(messageFor('version: 1\nversion: 1\n')).toContain('line 2: document: found Map keys must be unique');
    expect(messageFor('version: *one\n')).toContain('Unresolved alias');
    expect(messageFor('')).toContain('found nothing; write a map');
  });

  it('fills in defaults, and one journal address means a list of one', () => {
    const topology = parseTopology(EXAMPLE);
    expect(topology.policy.roundMs).toBe(3_000);
    expect(topology.journal.members[siteId('a')]).toEqual(['http://etcd.a.example:2379']);
  });
});

describe('topologyHash', () => {
  it('depends on what is said, not on how it is written', () => {
    const document = parse(EXAMPLE) as Record<string, unknown>;
    const reversed = stringify(Object.fromEntries(Object.entries(document).toReversed()));
    const changed = EXAMPLE.replace('rpoMs: 5000', 'rpoMs: 5001');
    expect(topologyHash(parseTopology(reversed))).toBe(topologyHash(parseTopology(EXAMPLE)));
    expect(topologyHash(parseTopology(changed))).not.toBe(topologyHash(parseTopology(EXAMPLE)));
  });
});

describe('loadTopology', () => {
  it('loads the example for a site that is in it', async () => {
    expect((await loadTopology(FILE, siteId('w'))).groups).toHaveLength(1);
  });

  it('refuses a process of a site that is not in it, and a file that is not there', async () => {
    await expect(loadTopology(FILE, siteId('z'))).rejects.toThrow(
      'SIGNALBOX_SITE: found "z"; write one of the sites: a, b, w',
    );
    await expect(loadTopology('/nowhere/signalbox.yaml')).rejects.toThrow('found no readable file (ENOENT');
  });
});
