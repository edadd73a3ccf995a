import { join } from 'node:path';
import type { Clock } from '#libs/runtime';
import { ROOT } from '../architecture/checkout.js';
import { CLIENTS, CLIENTS_NAMESPACE, clientsDeployment } from '../lab/kubernetes/node/clients-release.js';
import { SIGNALBOX_IMAGE } from '../lab/kubernetes/node/images.js';
import type { KubernetesSite } from '../lab/kubernetes/node/kubernetes-site.js';
import { rolledOut } from '../lab/kubernetes/rollout.js';
import type { Ledger } from './ledger.js';
import { SeenEvents } from './seen-events.js';

const HEAR_EVERY_MS = 100;
const ROLLED_OUT_WITHIN_MS = 300_000;
const GONE_WITHIN = '100s';
const SEEN = '/seen';

/**
 * The application as a Deployment of a site, its only pod with a proxy beside it, which reads the ConfigMap that Signalbox
 * switches. What any of its pods sees goes into the ledger.
 */
export class ClientPods {
  constructor(
    private readonly site: KubernetesSite,
    /** Where its pods write down what they see. */
    private readonly folder: string,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  /** Until `stop` aborts; then the pods are gone, and all that they said was heard. */
  async run(env: Readonly<Record<string, string>>, stop: AbortSignal): Promise<void> {
    const { plane } = this.site;
    const deployment = [`deployment/${CLIENTS}`, '--namespace', CLIENTS_NAMESPACE];
    const events = new SeenEvents(this.folder, this.ledger);
    const stopHearing = this.clock.every(HEAR_EVERY_MS, async () => events.hear());
    try {
      const input = JSON.stringify(
        clientsDeployment({ replicas: 1, container: container(env), volumes: this.volumes }),
      );
      await plane.must(['replace', '--filename', '-'], { input });
      await rolledOut(plane, CLIENTS_NAMESPACE, CLIENTS, ROLLED_OUT_WITHIN_MS);
      await aborted(stop);
      await plane.must(['scale', ...deployment, '--replicas', '0']);
      const pods = ['wait', 'pod', '--namespace', CLIENTS_NAMESPACE, '--selector', `app=${CLIENTS}`];
      await plane.must([...pods, '--for', 'delete', '--timeout', GONE_WITHIN]);
    } finally {
      stopHearing();
      events.hear();
    }
  }

  private get volumes(): readonly object[] {
    return [
      { name: 'checkout', hostPath: { path: ROOT } },
      { name: 'seen', hostPath: { path: this.folder } },
    ];
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });

/** Runs the demo's own client from this checkout; the image brings Node. */
const container = (env: Readonly<Record<string, string>>): object => ({
  name: 'app',
  image: SIGNALBOX_IMAGE,
  command: ['node', '--disable-warning=TimeoutNegativeWarning', join(ROOT, 'dist/test/demo/client-pod.js')],
  env: Object.entries({ ...env, DEMO_SEEN: SEEN }).map(([name, value]) => ({ name, value })),
  resources: { requests: { cpu: '200m' } },
  securityContext: { runAsUser: 0 },
  volumeMounts: [
    { name: 'checkout', mountPath: ROOT, readOnly: true },
    { name: 'seen', mountPath: SEEN },
  ],
});
