import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** A kubeconfig for a server without certificates, in a folder of its own. */
export class KubeconfigFile {
  readonly #folder = mkdtempSync(join(tmpdir(), 'signalbox-kubeconfig-'));
  readonly file = join(this.#folder, 'kubeconfig');
  readonly tokenFile = join(this.#folder, 'token');

  constructor(server: string, token?: string) {
    if (token !== undefined) this.renew(token);
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'lab', cluster: { server } }],
      users: [{ name: 'signalbox', user: token === undefined ? {} : { tokenFile: 'token' } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'signalbox' } }],
      'current-context': 'lab',
    };
    writeFileSync(this.file, stringify(content));
  }

  /** As the kubelet does with a projected token. */
  renew(token: string): void {
    writeFileSync(this.tokenFile, `${token}\n`);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

export const A = { 'bootstrap.servers': 'kafka.a.example:9092' };
export const B = { 'bootstrap.servers': 'kafka.b.example:9092' };
export const CLIENTS = '/api/v1/namespaces/orders/configmaps/clients';

/** A ConfigMap with one key that is switched and one that is somebody else's. */
export const clientsMap = (servers: string = A['bootstrap.servers']) => ({
  kind: 'ConfigMap',
  metadata: { name: 'clients', namespace: 'orders' },
  data: { 'client.properties': `bootstrap.servers=${servers}\n`, color: 'blue' },
});
