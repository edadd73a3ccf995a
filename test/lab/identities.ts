import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApiRole } from '#libs/topology';
import { type LabSite, SITES } from './layout.js';
import type { RunDirectory } from './run-directory.js';

export const ROLES: readonly ApiRole[] = ['viewer', 'operator', 'approver', 'admin'];

/** A signing key for every site and an API token for every role, new for every lab. */
export function createIdentities(run: RunDirectory): void {
  for (const site of SITES) {
    const { privateKey } = generateKeyPairSync('ed25519');
    run.write(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'secrets', signingKeyFile(site));
  }
  for (const role of ROLES) run.write(randomBytes(24).toString('base64url'), 'secrets', tokenFile(role));
}

export const signingKeyFile = (site: LabSite) => `${site}.signing.pem`;
export const tokenFile = (role: ApiRole) => `${role}.token`;

/** The raw 32 bytes in base64, as signalbox.yaml wants them. */
export function publicKeyOf(run: RunDirectory, site: LabSite): string {
  const key = createPublicKey(createPrivateKey(readFileSync(run.file('secrets', signingKeyFile(site)), 'utf8')));
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
}

export function tokenHash(run: RunDirectory, role: ApiRole): string {
  return createHash('sha256')
    .update(readFileSync(run.file('secrets', tokenFile(role))))
    .digest('hex');
}
