import { ETCD } from '../cache.js';
import { type LabSite, PORTS } from '../layout.js';
import { type Command, type Part, READY_WITHIN_MS } from '../part.js';

const PROBE_TIMEOUT_MS = 1_000;

/** The etcd behind one API server. It has nothing to do with the journal's. */
export class StorePart implements Part {
  readonly name = 'kubernetes-store';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [
    { port: PORTS.kubernetesStore, use: "Kubernetes' etcd" },
    { port: PORTS.kubernetesStorePeer, use: "Kubernetes' etcd, peers" },
  ];

  constructor(
    readonly site: LabSite,
    private readonly address: string,
    private readonly folder: string,
  ) {}

  get url(): string {
    return `http://${this.address}:${PORTS.kubernetesStore}`;
  }

  prepare(): Promise<Command> {
    const peer = `http://${this.address}:${PORTS.kubernetesStorePeer}`;
    const options = {
      name: this.name,
      'data-dir': this.folder,
      'listen-client-urls': this.url,
      'advertise-client-urls': this.url,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `${this.name}=${peer}`,
      // The data is temporary, and tests share the disk.
      'unsafe-no-fsync': true,
      'log-level': 'warn',
    };
    return Promise.resolve({ file: ETCD, args: Object.entries(options).map(([key, value]) => `--${key}=${value}`) });
  }

  async probe(): Promise<void> {
    const answer = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`${this.url}/health: ${answer.status} ${await answer.text()}`);
  }
}
