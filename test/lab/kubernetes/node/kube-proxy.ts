import { stringify } from 'yaml';
import { NODE } from '../../cache.js';
import type { KafkaSite } from '../../layout.js';
import { type Command, type Part, READY_WITHIN_MS } from '../../part.js';
import type { RunDirectory } from '../../run-directory.js';
import type { Credentials } from '../credentials.js';
import type { SiteAddresses } from './addresses.js';

const HEALTH_PORT = 10_256;
const PROBE_TIMEOUT_MS = 1_000;

/** Makes the addresses of services lead to their pods, by rules in the site's own network. */
export class KubeProxyPart implements Part {
  readonly name = 'kube-proxy';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: HEALTH_PORT, use: 'health of kube-proxy' }];

  constructor(
    readonly site: KafkaSite,
    private readonly addresses: SiteAddresses,
    private readonly nodeName: string,
    private readonly credentials: Credentials,
    private readonly run: RunDirectory,
  ) {}

  async prepare(): Promise<Command> {
    const { issue, kubeconfigOf } = this.credentials;
    const kubeconfig = kubeconfigOf(await issue(this.name, '/CN=system:kube-proxy'), this.name);
    const config = {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      clientConnection: { kubeconfig },
      hostnameOverride: this.nodeName,
      mode: 'iptables',
      clusterCIDR: this.addresses.pods,
      healthzBindAddress: `${this.addresses.node}:${HEALTH_PORT}`,
      metricsBindAddress: '127.0.0.1:10249',
      // What belongs to the whole machine stays as it is.
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
      oomScoreAdj: 0,
    };
    return { file: NODE.proxy, args: [`--config=${this.run.write(stringify(config), 'kube-proxy.yaml')}`] };
  }

  async probe(): Promise<void> {
    const url = `http://${this.addresses.node}:${HEALTH_PORT}/livez`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  }
}
