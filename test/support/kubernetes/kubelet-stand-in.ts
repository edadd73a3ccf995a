import type { Stored } from './stored.js';
import { WatchedApi, type ApiAccess, type ChangeEvent } from './watched.js';

/**
 * Stands in for kubelets where an API server and its controllers are real and there is no node: every pod of a namespace that is
 * made runs and is ready at once, unless it holds back. Nothing of a pod is started.
 */
export class KubeletStandIn {
  readonly #api: WatchedApi;
  #over: Promise<void> = Promise.resolve();
  /** Pods that are made from now on do not become ready. */
  holdsBack = false;

  private constructor(
    access: ApiAccess,
    private readonly namespace: string,
  ) {
    this.#api = new WatchedApi(access);
  }

  static async start(access: ApiAccess, namespace: string): Promise<KubeletStandIn> {
    const started = new KubeletStandIn(access, namespace);
    started.#over = started.#follow(await started.#watch());
    return started;
  }

  async stop(): Promise<void> {
    this.#api.stop();
    await this.#over;
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

  async #run({ metadata, status }: Stored): Promise<void> {
    const isOver = 'deletionTimestamp' in metadata || (status as { phase?: string } | undefined)?.phase === 'Running';
    if (isOver || this.holdsBack) return;
    const ready = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' }));
    const body = { status: { phase: 'Running', conditions: ready } };
    await this.#api.merge(`${this.#pods}/${metadata.name}/status`, 'kubelet-stand-in', body);
  }

  get #pods(): string {
    return `api/v1/namespaces/${this.namespace}/pods`;
  }
}
