import { ETCD } from './cache.js';
import { type LabSite, type Layout, PORTS, SITES } from './layout.js';
import { type Command, type Part, READY_WITHIN_MS } from './part.js';
import type { RunDirectory } from './run-directory.js';

const PROBE_TIMEOUT_MS = 1_000;

/** One of the three members of the journal. */
export class EtcdPart implements Part {
  readonly name = 'etcd';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [
    { port: PORTS.etcdClient, use: 'etcd clients' },
    { port: PORTS.etcdPeer, use: 'etcd peers' },
  ];

  constructor(
    readonly site: LabSite,
    private readonly layout: Layout,
    private readonly run: RunDirectory,
  ) {}

  prepare(): Promise<Command> {
    const peer = (site: LabSite) => `http://${this.layout.address(site)}:${PORTS.etcdPeer}`;
    const options = {
      name: this.site,
      'data-dir': this.run.folder(this.site, 'etcd'),
      'listen-client-urls': this.url,
      'advertise-client-urls': this.url,
      'listen-peer-urls': peer(this.site),
      'initial-advertise-peer-urls': peer(this.site),
      'initial-cluster': SITES.map((site) => `${site}=${peer(site)}`).join(','),
      'initial-cluster-token': this.layout.tag,
      'heartbeat-interval': 100,
      'election-timeout': 500,
      'pre-vote': true,
      'watch-progress-notify-interval': '1s',
      'auto-compaction-mode': 'periodic',
      'auto-compaction-retention': '1h',
      // The data is temporary, and tests share the disk: what matters here is the order of writes, not a power cut.
      'unsafe-no-fsync': true,
      'log-level': 'warn',
    };
    return Promise.resolve({ file: ETCD, args: Object.entries(options).map(([key, value]) => `--${key}=${value}`) });
  }

  /** Healthy means that the member can commit, so it takes two of three. */
  async probe(): Promise<void> {
    const answer = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`${this.url}/health: ${answer.status} ${await answer.text()}`);
  }

  private get url(): string {
    return `http://${this.layout.address(this.site)}:${PORTS.etcdClient}`;
  }
}
