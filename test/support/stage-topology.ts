import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SigningKey } from '#libs/contracts';
import { groupId, siteId, type SiteId } from '#libs/domain';
import { parseTopology, type Topology } from '#libs/topology';
import { STAGE_POLICY } from './stage-policy.js';

export const a = siteId('a');
export const b = siteId('b');
export const w = siteId('w');
export const group = groupId('orders');
const pairs = new Map([a, b, w].map((site) => [site, generateKeyPairSync('ed25519')]));

/** Of every site: what signs its votes. */
export const stageKey = (site: SiteId): SigningKey => {
  const pair = pairs.get(site);
  if (!pair) throw new Error(`No key for ${site}`);
  return { keyId: `${site}-1`, privateKey: pair.privateKey };
};

let made: Topology | undefined;

/** The documented example with numbers that a test can wait for, and with keys whose private half is here. Read once. */
export const stageTopology = (): Topology => (made ??= makeTopology());

function makeTopology(): Topology {
  const example = parseTopology(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'), 'the example');
  const publicKey = (site: SiteId) => {
    const { x = '' } = pairs.get(site)?.publicKey.export({ format: 'jwk' }) ?? {};
    return Buffer.from(x, 'base64url').toString('base64');
  };
  return {
    ...example,
    sites: example.sites.map((site) => ({ ...site, signing: { ...site.signing, publicKey: publicKey(site.id) } })),
    policy: { ...example.policy, ...STAGE_POLICY },
    groups: example.groups.map(({ consumers: _, ...each }) => ({
      ...each,
      policy: {},
      configs: [],
      traffic: each.traffic.map((name) => ({
        ...name,
        name: 'kafka.example',
        zone: 'example',
        ttlSeconds: 1,
        addresses: { a: ['10.0.0.1'], b: ['10.0.0.2'] },
      })),
    })),
  };
}
