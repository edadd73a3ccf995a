import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Loose } from '../broken-topology.js';
import { KubeconfigFile } from './clients-on-kubernetes.js';
import { InMemoryApiServer } from './in-memory-api-server.js';

const EXAMPLE = join(import.meta.dirname, '../../../../docs/examples/two-sites-and-witness.yaml');
const PATH = '/apis/networking.k8s.io/v1/namespaces/kafka/networkpolicies/signalbox-fence';
/** As in the example, and so short that nobody waits long. */
const POLICY = {
  selfFenceMs: 6_000,
  guardRenewMs: 500,
  fenceMarginMs: 3_000,
  reassertMs: 1_000,
  armProofMaxAgeMs: 12_000,
  requestTimeoutMs: 500,
};
/** Nobody listens there. */
const NOBODY = ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3'] as const;

/**
 * Site `a` of the example with `fencePolicy`, on a machine of its own: an API server, and a broker that is frozen: its machine
 * accepts connections, and nobody answers. A network plugin cuts it off as soon as the policy says so. No journal is there.
 */
export class PolicySite {
  readonly #folder = mkdtempSync(join(tmpdir(), 'signalbox-policy-site-'));
  readonly #kubeconfig: KubeconfigFile;
  readonly #broker: Server;
  readonly #sockets = new Set<Socket>();
  readonly file = join(this.#folder, 'signalbox.yaml');
  readonly passwordFile = join(this.#folder, 'password');
  /** What the network plugin of the site does about a policy. */
  enforces = true;

  private constructor(readonly server: InMemoryApiServer) {
    this.#kubeconfig = new KubeconfigFile(server.url);
    writeFileSync(this.passwordFile, 'secret');
    this.#broker = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      socket.resume();
    });
    server.onChange = ({ spec }) => {
      const { podSelector } = spec as { podSelector: { matchExpressions: unknown[] } };
      if (this.enforces && podSelector.matchExpressions.length === 0) this.#cut();
    };
  }

  static async start(): Promise<PolicySite> {
    const site = new PolicySite(await InMemoryApiServer.start());
    site.#broker.listen(0, '127.0.0.1');
    await once(site.#broker, 'listening');
    return site;
  }

  /** As it is in the API server. */
  get policy(): Loose {
    return this.server.find(PATH);
  }

  /** Of clients and of the guard, at the broker. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Writes signalbox.yaml, with whatever is changed in it. */
  write(change: (document: Loose) => void = () => undefined): void {
    const document: Loose = parse(readFileSync(EXAMPLE, 'utf8'));
    const { port } = this.#broker.address() as AddressInfo;
    const [a, b, w] = NOBODY;
    document.journal = { members: { a: `http://${a}`, b: `http://${b}`, w: `http://${w}` } };
    Object.assign(document.policy, POLICY);
    const [site] = document.sites;
    delete site.fenceCommand;
    site.fencePolicy = {
      access: { kubeconfig: { file: this.#kubeconfig.file } },
      namespace: 'kafka',
      name: 'signalbox-fence',
      podLabels: { app: 'kafka' },
      ports: [port],
    };
    const [cluster] = document.clusters;
    cluster.bootstrap = [`127.0.0.1:${port}`];
    cluster.adminBootstrap = [NOBODY[0]];
    cluster.sasl = { mechanism: 'plain', username: 'signalbox', password: { file: this.passwordFile } };
    change(document);
    writeFileSync(this.file, JSON.stringify(document));
  }

  async end(): Promise<void> {
    this.#cut();
    await this.server.down();
    this.#kubeconfig.remove();
    rmSync(this.#folder, { recursive: true });
  }

  #cut(): void {
    this.#broker.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
