import { generateKeyPairSync } from 'node:crypto';
import { stringify } from 'yaml';
import { type Identity, issue } from '../../support/certificates.js';
import type { RunDirectory } from '../run-directory.js';
import { API_SERVICE } from './node/addresses.js';

/** Who may do what is decided by the organisation (a group) and the name in the certificate. */
export const ADMIN = '/O=system:masters/CN=admin';
const CONTROLLERS = '/CN=system:kube-controller-manager';

/** Everything that proves who is who in one cluster, as files that only their owner reads. */
export interface Credentials {
  readonly authorityFile: string;
  readonly server: Identity;
  readonly admin: Identity;
  readonly adminKubeconfig: string;
  readonly controllersKubeconfig: string;
  /** Signs the tokens of ServiceAccounts. */
  readonly tokenKeyFile: string;
  readonly tokenPublicKeyFile: string;
  /** For one more: its organisation and name, and what else stands in its certificate. */
  readonly issue: (name: string, subject: string, more?: readonly string[]) => Promise<Identity>;
  readonly kubeconfigOf: (identity: Identity, name: string) => string;
}

/** New for every cluster. @param address of the API server @param url of the API server */
export async function createCredentials(
  run: RunDirectory,
  folder: string,
  address: string,
  url: string,
): Promise<Credentials> {
  const pki = run.folder(folder);
  const authority = await issue(pki, 'authority', '/CN=lab authority');
  const by = ['-CA', authority.certificateFile, '-CAkey', authority.keyFile];
  const leaf = [...by, '-addext', 'basicConstraints=critical,CA:FALSE'];
  const names = `subjectAltName=IP:${address},IP:${API_SERVICE},DNS:kubernetes.default.svc`;
  const issueMore: Credentials['issue'] = (name, subject, more = []) => issue(pki, name, subject, [...leaf, ...more]);
  const [server, admin, controllers] = await Promise.all([
    issueMore('server', '/CN=kube-apiserver', ['-addext', names]),
    issueMore('admin', ADMIN),
    issueMore('controllers', CONTROLLERS),
  ]);
  const kubeconfigOf = (identity: Identity, name: string) =>
    run.write(kubeconfig(url, authority.certificateFile, identity), folder, `${name}.kubeconfig`);
  return {
    authorityFile: authority.certificateFile,
    server,
    admin,
    adminKubeconfig: kubeconfigOf(admin, 'admin'),
    controllersKubeconfig: kubeconfigOf(controllers, 'controllers'),
    issue: issueMore,
    kubeconfigOf,
    ...createTokenKeys(run, folder),
  };
}

function createTokenKeys(run: RunDirectory, folder: string) {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    tokenKeyFile: run.write(keys.privateKey, folder, 'tokens.key'),
    tokenPublicKeyFile: run.write(keys.publicKey, folder, 'tokens.pem'),
  };
}

function kubeconfig(server: string, authorityFile: string, user: Identity): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority': authorityFile } }],
    users: [{ name: 'lab', user: { 'client-certificate': user.certificateFile, 'client-key': user.keyFile } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  });
}
