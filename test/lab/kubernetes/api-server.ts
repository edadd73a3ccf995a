import { stringify } from 'yaml';
import type { Identity } from '../../support/certificates.js';
import { KUBE_APISERVER } from '../cache.js';
import { type LabSite, PORTS } from '../layout.js';
import type { Command, Part } from '../part.js';
import type { RunDirectory } from '../run-directory.js';
import type { ApiClient } from './api-client.js';
import type { Credentials } from './credentials.js';
import { SERVICES } from './node/addresses.js';

/** A guard, as elsewhere: it compiles a lot before it serves, which takes seconds on a quiet machine and minutes on a busy one. */
const READY_WITHIN_MS = 600_000;
/** Where the lab's processes listen. */
const NODE_PORTS = '18000-18999';

/** One write, one line: who asked for what, the answer, and what admission noted. Bodies stay out of it: they hold Secrets. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    { level: 'None', users: ['system:apiserver'] },
    { level: 'None', resources: [{ group: 'coordination.k8s.io' }, { group: '', resources: ['events'] }] },
    { level: 'Metadata' },
  ],
};

export class ApiServerPart implements Part {
  readonly name = 'kube-apiserver';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: PORTS.kubernetesApi, use: 'Kubernetes API' }];

  constructor(
    readonly site: LabSite,
    private readonly address: string,
    private readonly storeUrl: string,
    private readonly credentials: Credentials,
    private readonly run: RunDirectory,
    private readonly client: ApiClient,
    private readonly auditLog: string,
    /** By which it asks nodes for logs and the like; without it there are none. */
    private readonly asNodesClient?: Identity,
  ) {}

  prepare(): Promise<Command> {
    const { server, authorityFile, tokenKeyFile, tokenPublicKeyFile } = this.credentials;
    const options = {
      'etcd-servers': this.storeUrl,
      'bind-address': this.address,
      'advertise-address': this.address,
      'secure-port': PORTS.kubernetesApi,
      'tls-cert-file': server.certificateFile,
      'tls-private-key-file': server.keyFile,
      'client-ca-file': authorityFile,
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': tokenPublicKeyFile,
      'service-account-signing-key-file': tokenKeyFile,
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction',
      'service-cluster-ip-range': SERVICES,
      ...this.forPods(),
      'allow-privileged': true,
      'audit-policy-file': this.run.write(stringify(AUDIT_POLICY), `${this.site}.audit-policy.yaml`),
      'audit-log-path': this.auditLog,
    };
    return Promise.resolve({
      file: KUBE_APISERVER,
      args: Object.entries(options).map(([key, value]) => `--${key}=${value}`),
    });
  }

  private forPods(): Record<string, string> {
    // Endpoints may not be loopback addresses, and without nodes nothing inside asks for this one.
    if (this.asNodesClient === undefined) return { 'endpoint-reconciler-type': 'none' };
    const { certificateFile, keyFile } = this.asNodesClient;
    return {
      'kubelet-certificate-authority': this.credentials.authorityFile,
      'kubelet-client-certificate': certificateFile,
      'kubelet-client-key': keyFile,
      'kubelet-preferred-address-types': 'InternalIP',
      // A service is reached at its node by the port that a process would have there.
      'service-node-port-range': NODE_PORTS,
    };
  }

  /** Ready includes that its own roles and priorities are there. */
  async probe(): Promise<void> {
    const { status, text } = await this.client.request({ method: 'GET', path: '/readyz' });
    if (status !== 200) throw new Error(`/readyz: ${status} ${text}`);
  }
}
