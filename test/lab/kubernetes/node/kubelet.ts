import { stringify } from 'yaml';
import { NODE } from '../../cache.js';
import type { KafkaSite } from '../../layout.js';
import { type Command, type Part, READY_WITHIN_MS } from '../../part.js';
import type { RunDirectory } from '../../run-directory.js';
import type { ControlPlane } from '../control-plane.js';
import { DNS_SERVICE } from './addresses.js';
import { CONTAINERD_SOCKET } from './containerd.js';
import type { Enclosure } from './enclosure.js';

interface NodeStatus {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Runs the pods that its node is given. */
export class KubeletPart implements Part {
  readonly name = 'kubelet';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [];
  readonly site: KafkaSite;

  constructor(
    private readonly enclosure: Enclosure,
    private readonly nodeName: string,
    private readonly plane: ControlPlane,
    private readonly run: RunDirectory,
  ) {
    this.site = enclosure.site;
  }

  async prepare(): Promise<Command> {
    const { issue, kubeconfigOf } = this.plane.credentials;
    const names = ['-addext', `subjectAltName=IP:${this.enclosure.addresses.node},DNS:${this.nodeName}`];
    const identity = await issue(this.name, `/O=system:nodes/CN=system:node:${this.nodeName}`, names);
    const options = {
      config: this.run.write(stringify(this.config(identity)), 'kubelet.yaml'),
      kubeconfig: kubeconfigOf(identity, this.name),
      'root-dir': this.run.folder('kubelet'),
      'cert-dir': this.run.folder('kubelet-certificates'),
      'hostname-override': this.nodeName,
      'node-ip': this.enclosure.addresses.node,
    };
    return { file: NODE.kubelet, args: Object.entries(options).map(([key, value]) => `--${key}=${value}`) };
  }

  /** Ready is what the API server says it is: the kubelet told it, and its containers and network work. */
  async probe(): Promise<void> {
    const { status, text } = await this.plane.request({ method: 'GET', path: `/api/v1/nodes/${this.nodeName}` });
    const node = status === 200 ? (JSON.parse(text) as NodeStatus) : {};
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready?.status !== 'True') throw new Error(`node ${this.nodeName}: ${status} ${JSON.stringify(ready)}`);
  }

  private config(identity: { readonly certificateFile: string; readonly keyFile: string }): object {
    return {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      address: this.enclosure.addresses.node,
      tlsCertFile: identity.certificateFile,
      tlsPrivateKeyFile: identity.keyFile,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: this.plane.credentials.authorityFile },
      },
      authorization: { mode: 'Webhook' },
      containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
      cgroupDriver: 'cgroupfs',
      cgroupRoot: `/${this.enclosure.cgroup.name}`,
      failCgroupV1: false,
      failSwapOn: false,
      clusterDNS: [DNS_SERVICE],
      clusterDomain: 'cluster.local',
      // Pods ask the cluster's names only; there is nobody else to ask.
      resolvConf: this.run.write('', 'resolv.conf'),
      podLogsDir: this.run.folder('pod-logs'),
      volumePluginDir: this.run.folder('volume-plugins'),
      // As far as a process inside another sandbox may go.
      maxOpenFiles: 20_000,
      oomScoreAdj: 0,
      evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
      // Images are put there, and cannot be had again.
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      // A changed ConfigMap is seen in its pods within a second or two instead of a minute.
      syncFrequency: '2s',
      registerWithTaints: [],
    };
  }
}
