import { createHash } from 'node:crypto';
import { SystemClock } from '#libs/runtime';
import { isFields, type Stored } from './stored.js';
import { WatchedApi, type ApiAccess, type ChangeEvent } from './watched.js';

export interface ReloaderOptions extends ApiAccess {
  readonly namespace: string;
  readonly strategy: 'annotations' | 'env-vars';
}

const RELOAD = 'configmap.reloader.stakater.com/reload';
const LAST_RELOADED_FROM = 'reloader.stakater.com/last-reloaded-from';

/**
 * Stands in for Stakater Reloader, which no registry has, and behaves as the real one was seen to: a change of data
 * changes the pod template of the workloads that name the ConfigMap, once for every change; a change of annotations
 * alone, as a seal is, and a write of the same data change nothing; what happened while it was down is never noticed.
 */
export class ReloaderStandIn {
  readonly #api: WatchedApi;
  readonly #hashes = new Map<string, string>();
  #over: Promise<void> = Promise.resolve();

  private constructor(private readonly options: ReloaderOptions) {
    this.#api = new WatchedApi(options);
  }

  /** Watches from now on: what is there is taken as known. */
  static async start(options: ReloaderOptions): Promise<ReloaderStandIn> {
    const started = new ReloaderStandIn(options);
    const path = `api/v1/namespaces/${options.namespace}/configmaps`;
    const { items, version } = await started.#api.list(path);
    for (const item of items) started.#hashes.set(item.metadata.name, hashOf(item));
    started.#over = started.#follow(await started.#api.watch(path, version)).catch(() => undefined);
    return started;
  }

  async stop(): Promise<void> {
    this.#api.stop();
    await this.#over;
  }

  async #follow(events: AsyncIterable<ChangeEvent>): Promise<void> {
    for await (const { type, object } of events) {
      const before = this.#hashes.get(object.metadata.name);
      const hash = hashOf(object);
      this.#hashes.set(object.metadata.name, hash);
      if (type === 'MODIFIED' && before !== hash) await this.#reload(object, hash);
    }
  }

  async #reload({ metadata: { name, namespace } }: Stored, hash: string): Promise<void> {
    for (const kind of ['deployments', 'statefulsets', 'daemonsets']) {
      const path = `apis/apps/v1/namespaces/${namespace}/${kind}`;
      const { items } = await this.#api.list(path);
      for (const item of items.filter(({ metadata }) => named(metadata.annotations?.[RELOAD]).includes(name))) {
        await this.#api.merge(`${path}/${item.metadata.name}`, 'Reloader', this.#change(item, name, hash));
      }
    }
  }

  #change(workload: Stored, name: string, hash: string): object {
    const { namespace } = workload.metadata;
    if (this.options.strategy === 'annotations') {
      const observedAt = Math.floor(new SystemClock().now() / 1_000);
      const from = JSON.stringify({ type: 'CONFIGMAP', name, namespace, hash, containerRefs: ['app'], observedAt });
      return { spec: { template: { metadata: { annotations: { [LAST_RELOADED_FROM]: from } } } } };
    }
    const variable = `STAKATER_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_CONFIGMAP`;
    const containers = containersOf(workload).map((container) => ({
      ...container,
      env: [...(container.env ?? []).filter((each) => each.name !== variable), { name: variable, value: hash }],
    }));
    return { spec: { template: { spec: { containers } } } };
  }
}

/** Keys and texts in order, hashed: annotations are none of it. */
function hashOf(object: Stored): string {
  const data = isFields(object['data']) ? object['data'] : {};
  const texts = Object.entries(data).map(([key, value]) => `${key}=${String(value)}`);
  return createHash('sha1').update(texts.toSorted().join(';')).digest('hex');
}

const named = (list: string | undefined): readonly string[] => (list ?? '').split(',').map((name) => name.trim());

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

const containersOf = ({ spec }: Stored): readonly Container[] =>
  (spec as { template: { spec: { containers: readonly Container[] } } }).template.spec.containers;
