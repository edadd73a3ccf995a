import { KUBE_CONTROLLER_MANAGER } from '../cache.js';
import { type LabSite, PORTS } from '../layout.js';
import type { Command, Part } from '../part.js';
import type { ApiClient } from './api-client.js';
import type { Credentials } from './credentials.js';

const READY_WITHIN_MS = 300_000;

/** Deployments, namespaces, ServiceAccounts: what the API server itself leaves to controllers, each under its own account. */
export class ControllerManagerPart implements Part {
  readonly name = 'kube-controller-manager';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: PORTS.kubernetesControllers, use: "Kubernetes' controllers" }];

  constructor(
    readonly site: LabSite,
    private readonly address: string,
    private readonly credentials: Credentials,
    private readonly client: ApiClient,
  ) {}

  prepare(): Promise<Command> {
    const { controllersKubeconfig, tokenKeyFile, authorityFile, server } = this.credentials;
    const options = {
      kubeconfig: controllersKubeconfig,
      'use-service-account-credentials': true,
      'service-account-private-key-file': tokenKeyFile,
      'root-ca-file': authorityFile,
      'leader-elect': false,
      'bind-address': this.address,
      'secure-port': PORTS.kubernetesControllers,
      'tls-cert-file': server.certificateFile,
      'tls-private-key-file': server.keyFile,
      'authentication-skip-lookup': true,
    };
    return Promise.resolve({
      file: KUBE_CONTROLLER_MANAGER,
      args: Object.entries(options).map(([key, value]) => `--${key}=${value}`),
    });
  }

  /** A pod can be made where its account is, and a controller makes that. */
  async probe(): Promise<void> {
    const path = '/api/v1/namespaces/default/serviceaccounts/default';
    const { status, text } = await this.client.request({ method: 'GET', path });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  }
}
