import type { Stored } from './stored.js';
import { WatchedApi, type ApiAccess, type ChangeEvent } from './watched.js';

/** Of each ConfigMap that a pod mounts, its texts by key. */
export type Mounts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is really started for a pod, where something is. */
export interface Containers {
  /** Ready when it resolves. A pod keeps what its ConfigMaps said when it was made, as one that reads a file once does. */
  start(pod: string, mounts: Mounts): Promise<void>;
  /** Nothing of the pod is left when it resolves. Of a pod that never was, nothing is. */
  stop(pod: string): Promise<void>;
}

export interface KubeletOptions extends ApiAccess {
  /** Absent: nothing of a pod is started. */
  readonly containers?: Containers;
}

/**
 * Stands in for kubelets where an API server and its controllers are real and there is no node: every pod of a namespace that is
 * made runs and is ready at once, or when its containers are, unless it holds back. Pods end one after the other, and the next
 * ones start after them: they share the machine's ports.
 */
export class KubeletStandIn {
  readonly #api: WatchedApi;
  #over: Promise<void> = Promise.resolve();
  #ends: Promise<void> = Promise.resolve();
  /** Pods that are made from now on do not become ready. */
  holdsBack = false;

  private constructor(
    private readonly options: KubeletOptions,
    private readonly namespace: string,
  ) {
    this.#api = new WatchedApi(options);
  }

  static async start(options: KubeletOptions, namespace: string): Promise<KubeletStandIn> {
    const started = new KubeletStandIn(options, namespace);
    started.#over = started.#follow(await started.#watch());
    return started;
  }

  async stop(): Promise<void> {
    this.#api.stop();
    await this.#over;
    await this.#ends;
  }

  /** What was held back comes up now. */
  async letGo(): Promise<void> {
    this.holdsBack = false;
    for (const pod of (await this.#api.list(this.#pods)).items) await this.#run(pod);
  }

  async #watch(): Promise<AsyncIterable<ChangeEvent>> {
    const { items, version } = await this.#api.list(this.#pods);
    for (const item of items) await this.#run(item);
    return this.#api.watch(this.#pods, version);
  }

  async #follow(events: AsyncIterable<ChangeEvent>): Promise<void> {
    const running = new Set<Promise<void>>();
    try {
      for await (const { type, object } of events) {
        if (type === 'DELETED') this.#end(object.metadata.name);
        if (type !== 'ADDED') continue;
        const run = this.#run(object)
          .catch(() => undefined)
          .finally(() => running.delete(run));
        running.add(run);
      }
    } catch {
      // The server is gone, or we are stopped.
    }
    await Promise.all(running);
  }

  #end(pod: string): void {
    const { containers } = this.options;
    if (containers) this.#ends = this.#ends.then(() => containers.stop(pod));
  }

  async #run({ metadata, spec, status }: Stored): Promise<void> {
    const isOver = 'deletionTimestamp' in metadata || (status as { phase?: string } | undefined)?.phase === 'Running';
    if (isOver || this.holdsBack) return;
    await this.#ends;
    await this.options.containers?.start(metadata.name, await this.#mountsOf(spec));
    const ready = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' }));
    const body = { status: { phase: 'Running', conditions: ready } };
    await this.#api.merge(`${this.#pods}/${metadata.name}/status`, 'kubelet-stand-in', body);
  }

  async #mountsOf(spec: unknown): Promise<Mounts> {
    const { volumes = [] } = spec as { volumes?: readonly { readonly configMap?: { readonly name: string } }[] };
    const names = new Set(volumes.flatMap(({ configMap }) => configMap?.name ?? []));
    const { items } = await this.#api.list(`api/v1/namespaces/${this.namespace}/configmaps`);
    const mounted = items.filter(({ metadata: { name } }) => names.has(name));
    return Object.fromEntries(mounted.map(({ metadata: { name }, ...map }) => [name, map['data'] ?? {}])) as Mounts;
  }

  get #pods(): string {
    return `api/v1/namespaces/${this.namespace}/pods`;
  }
}
