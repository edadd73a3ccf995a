import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../architecture/checkout.js';
import { filesBelow } from '../chart/chart-files.js';

export const TRIAL_TOPOLOGY = join(ROOT, 'docs/examples/two-sites-and-witness.yaml');

/** Files for everything that the example refers to, below a folder: right in their form, and of use to nobody. */
export function writeTrialSecrets(folder: string): void {
  for (const path of new Set(filesBelow(parse(readFileSync(TRIAL_TOPOLOGY, 'utf8'))))) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contentFor(path), { mode: 0o644 });
  }
}

function contentFor(path: string): string {
  if (path.endsWith('.pem')) {
    const { privateKey } = generateKeyPairSync('ed25519');
    return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  }
  const key = randomBytes(32).toString('base64');
  return path.includes('/webhook/') ? `whsec_${key}` : key;
}
