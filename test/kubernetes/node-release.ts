import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ETCD_IMAGE, REDIS_IMAGE, SIGNALBOX_IMAGE } from '../lab/kubernetes/node/images.js';
import { CHART } from './helm.js';

/** What the chart runs at a site that is not a witness. */
export const APPS = [
  'config-switcher',
  'dns-switcher',
  'health-monitor',
  'mirror-switcher',
  'notifier',
  'orchestrator',
  'site-guard',
];

interface Evaluation {
  readonly topology: { readonly sites: readonly { readonly id: string; readonly signing: object }[] };
}

/** `evaluation`, which needs nothing but the release itself, with images of the lab and a key of its own. */
export function releaseValues(): { readonly values: object; readonly signingKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
  const evaluation = parse(readFileSync(join(CHART, 'ci', 'evaluation.yaml'), 'utf8')) as Evaluation;
  const sites = evaluation.topology.sites.map((site) =>
    site.id === 'a' ? { ...site, signing: { ...site.signing, publicKey: raw } } : site,
  );
  const [repository, tag] = SIGNALBOX_IMAGE.split(':');
  const values = {
    ...evaluation,
    topology: { ...evaluation.topology, sites },
    image: { repository, tag },
    etcd: { mode: 'evaluation', image: ETCD_IMAGE },
    redis: { bundled: true, image: REDIS_IMAGE, program: 'redis-server' },
    // One of each: two cores start them all at the same time.
    apps: Object.fromEntries(APPS.map((app) => [app, { replicas: 1 }])),
    // A start takes minutes where many share a processor.
    pods: { startupAttempts: 300 },
  };
  return { values, signingKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
}
