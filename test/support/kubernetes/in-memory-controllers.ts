import { SystemClock } from '#libs/runtime';
import type { InMemoryApiServer } from './in-memory-api-server.js';
import { isFields, type Stored } from './stored.js';

/** What becomes of a workload whose pod template has changed. */
export type Manner = 'settles' | 'is-not-seen' | 'crashes' | 'lacks-a-key' | 'gives-up' | 'keeps-one';

type Fields = Readonly<Record<string, unknown>>;
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inside, key) => (isFields(inside) ? inside[key] : undefined), value);

const REPLICAS = 2;

/** Stand in for the controllers of workloads and for a kubelet, at an API server in memory: at once, and by a manner. */
export class InMemoryControllers {
  readonly #templates = new Map<string, string>();
  readonly #clock = new SystemClock();
  #made = 0;
  manner: Manner = 'settles';

  constructor(private readonly server: InMemoryApiServer) {
    server.onChange = (stored) => this.#changed(stored);
  }

  /** A workload and its pods, as somebody has installed them long ago. */
  create(kind: string, name: string, spec: Fields = {}): void {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'app', env: [] }] } };
    const stored = this.server.put({
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, generation: 1, annotations: { 'configmap.reloader.stakater.com/reload': 'clients' } },
      spec: { replicas: REPLICAS, selector: { matchLabels: labels }, template, ...spec },
    });
    this.#templates.set(this.#id(stored), JSON.stringify(at(stored, 'spec', 'template')));
    this.#replace(stored, new Date(0).toISOString());
  }

  /** The pods of a workload that have not ended. */
  pods(name: string): readonly Stored[] {
    return this.server.all('Pod').filter(({ metadata }) => metadata.labels?.['app'] === name);
  }

  #changed(stored: Stored): void {
    const template = JSON.stringify(at(stored, 'spec', 'template'));
    const id = this.#id(stored);
    if (!this.#templates.has(id) || this.#templates.get(id) === template) return;
    this.#templates.set(id, template);
    if (this.manner === 'is-not-seen') return;
    if (at(stored, 'spec', 'paused') === true) return this.#say(stored, {});
    if (at(stored, 'spec', 'updateStrategy', 'type') === 'OnDelete') return this.#say(stored, {});
    this.#roll(stored);
  }

  #roll(stored: Stored): void {
    switch (this.manner) {
      case 'crashes':
        this.#pod(stored, {
          waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' },
        });
        return this.#say(stored, { replicas: REPLICAS + 1, updatedReplicas: 1 });
      case 'lacks-a-key':
        this.#pod(stored, {
          waiting: {
            reason: 'CreateContainerConfigError',
            message: "couldn't find key servers in ConfigMap orders/clients",
          },
        });
        return this.#say(stored, { replicas: REPLICAS + 1, updatedReplicas: 1 });
      case 'gives-up':
        return this.#say(stored, {
          updatedReplicas: 1,
          conditions: [
            {
              type: 'Progressing',
              status: 'False',
              reason: 'ProgressDeadlineExceeded',
              message: 'has timed out progressing',
            },
          ],
        });
      case 'keeps-one': {
        const [first] = this.pods(stored.metadata.name);
        this.#replace(stored, this.#now());
        const metadata = { ...first!.metadata, deletionTimestamp: this.#now() };
        return void this.server.put({ ...first!, kind: 'Pod', metadata });
      }
      case 'settles':
      case 'is-not-seen':
        return this.#replace(stored, this.#now());
    }
  }

  #replace(stored: Stored, madeAt: string): void {
    for (const { metadata } of this.pods(stored.metadata.name)) this.server.remove('Pod', metadata.name);
    for (let count = 0; count < REPLICAS; count += 1) this.#pod(stored, { madeAt });
    this.#say(stored, {});
  }

  /** What a workload's controller says of it; all is well where nothing else is said. */
  #say(stored: Stored, said: Fields): void {
    const counts = Object.fromEntries(
      ['replicas', 'updatedReplicas', 'availableReplicas', 'readyReplicas'].map((name) => [name, REPLICAS]),
    );
    const ofDaemons = Object.fromEntries(
      ['desiredNumberScheduled', 'currentNumberScheduled', 'updatedNumberScheduled', 'numberAvailable'].map((name) => [
        name,
        REPLICAS,
      ]),
    );
    const status = { observedGeneration: stored.metadata.generation, ...counts, ...ofDaemons, ...said };
    this.server.put({ ...stored, status });
  }

  #pod(
    stored: Stored,
    { waiting, madeAt = this.#now() }: { readonly waiting?: Fields; readonly madeAt?: string },
  ): void {
    const { name } = stored.metadata;
    const template = at(stored, 'spec', 'template');
    const generation = String(stored.metadata.generation);
    this.#made += 1;
    this.server.put({
      kind: 'Pod',
      metadata: {
        name: `${name}-${this.#made}`,
        creationTimestamp: madeAt,
        labels: { app: name, 'pod-template-hash': generation },
        annotations: at(template, 'metadata', 'annotations') ?? {},
      },
      spec: at(template, 'spec'),
      status: {
        phase: waiting ? 'Pending' : 'Running',
        conditions: [{ type: 'Ready', status: waiting ? 'False' : 'True' }],
        containerStatuses: [{ state: waiting ? { waiting } : { running: {} } }],
      },
    });
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  #id({ kind, metadata }: Stored): string {
    return `${kind}/${metadata.name}`;
  }
}
