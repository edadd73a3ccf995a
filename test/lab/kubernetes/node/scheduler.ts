import { NODE } from '../../cache.js';
import type { KafkaSite } from '../../layout.js';
import { accepts, type Command, type Part, READY_WITHIN_MS } from '../../part.js';
import type { Credentials } from '../credentials.js';

const PORT = 10_259;

/** Says which node a pod runs on; here there is one to choose from. */
export class SchedulerPart implements Part {
  readonly name = 'kube-scheduler';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: PORT, use: "Kubernetes' scheduler" }];

  constructor(
    readonly site: KafkaSite,
    private readonly address: string,
    private readonly credentials: Credentials,
  ) {}

  async prepare(): Promise<Command> {
    const { issue, kubeconfigOf } = this.credentials;
    const identity = await issue(this.name, '/CN=system:kube-scheduler');
    const kubeconfig = kubeconfigOf(identity, this.name);
    const options = {
      kubeconfig,
      'authentication-kubeconfig': kubeconfig,
      'authorization-kubeconfig': kubeconfig,
      'authentication-skip-lookup': true,
      'leader-elect': false,
      'bind-address': this.address,
      'secure-port': PORT,
      'tls-cert-file': identity.certificateFile,
      'tls-private-key-file': identity.keyFile,
    };
    return { file: NODE.scheduler, args: Object.entries(options).map(([key, value]) => `--${key}=${value}`) };
  }

  probe(): Promise<void> {
    return accepts(this.address, PORT);
  }
}
