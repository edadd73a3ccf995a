import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signingKey, type SigningKey } from '#libs/contracts';
import { groupId, siteId, type SiteId } from '#libs/domain';
import type { FenceMode } from '#libs/decision';
import { parseTopology, type Policy, type Topology } from '#libs/topology';

export const A = siteId('a');
export const B = siteId('b');
export const W = siteId('w');
export const SITES: readonly SiteId[] = [A, B, W];
/** Those with a Kafka. */
export const DATA_SITES: readonly SiteId[] = [A, B];
export const GROUP = groupId('orders');
export const NAME = 'kafka.example';
export const CONFIG = 'clients';
export const FLOWS = [
  { id: 'a-to-b', from: A, to: B },
  { id: 'b-to-a', from: B, to: A },
] as const;
export const ADDRESSES: Readonly<Record<string, readonly string[]>> = { a: ['10.0.0.1'], b: ['10.0.0.2'] };

export const otherOf = (site: SiteId): SiteId => (site === A ? B : A);
export const clusterAt = (site: SiteId): string => `kafka-${site}`;
export const siteOfCluster = (cluster: string): SiteId => siteId(cluster.slice('kafka-'.length));

/** The same keys in every run, so that it says the same every time. */
const keyPairs = new Map(
  SITES.map((site, index) => {
    const key = signingKey(`${site}-1`, Buffer.alloc(32, index + 1).toString('base64'));
    return [site, { ...key, publicKey: createPublicKey(key.privateKey) }];
  }),
);
export const KEY_PAIRS: readonly { readonly privateKey: KeyObject; readonly publicKey: KeyObject }[] = [
  ...keyPairs.values(),
];

export function keyOf(site: SiteId): SigningKey {
  const pair = keyPairs.get(site);
  if (!pair) throw new Error(`there is no site ${site}`);
  return { keyId: pair.keyId, privateKey: pair.privateKey };
}

/** What differs between seeds. The numbers of the default policy hold otherwise. */
export interface Terms {
  readonly fenceMode: FenceMode;
  readonly mode: 'automatic' | 'approve';
  readonly policy: Partial<Policy>;
}

let example: Topology | undefined;

/** The documented example, with what its clients read and with keys whose private half is here. */
export function topologyFor({ fenceMode, mode, policy }: Terms): Topology {
  example ??= parseTopology(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'), 'the example');
  const publicKey = (site: SiteId) => {
    const { x = '' } = keyPairs.get(site)?.publicKey.export({ format: 'jwk' }) ?? {};
    return Buffer.from(x, 'base64url').toString('base64');
  };
  return {
    ...example,
    sites: example.sites.map((site) => ({ ...site, signing: { ...site.signing, publicKey: publicKey(site.id) } })),
    policy: { ...example.policy, ...policy },
    groups: example.groups.map(({ consumers: _, ...group }) => ({
      ...group,
      mode,
      fenceMode,
      policy: {},
      configs: [
        {
          id: CONFIG,
          target: { kind: 'directory', files: { a: '/etc/clients.json', b: '/etc/clients.json' } },
          data: { a: { bootstrap: '10.0.0.1:9092' }, b: { bootstrap: '10.0.0.2:9092' } },
        },
      ],
      traffic: group.traffic.map((name) => ({
        ...name,
        name: NAME,
        zone: 'example',
        ttlSeconds: 5,
        addresses: ADDRESSES as never,
      })),
    })),
  };
}
