import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { SystemClock } from '#libs/runtime';
import { fetch, type Dispatcher } from 'undici';
import { isFields, type Stored } from './stored.js';

export interface ReloaderOptions {
  readonly url: string;
  readonly namespace: string;
  readonly strategy: 'annotations' | 'env-vars';
  /** For a server with certificates. */
  readonly dispatcher?: Dispatcher;
}

const RELOAD = 'configmap.reloader.stakater.com/reload';
const LAST_RELOADED_FROM = 'reloader.stakater.com/last-reloaded-from';

/**
 * Stands in for Stakater Reloader, which no registry has, and behaves as the real one was seen to: a change of data
 * changes the pod template of the workloads that name the ConfigMap, once for every change; a change of annotations
 * alone, as a seal is, and a write of the same data change nothing; what happened while it was down is never noticed.
 */
export class ReloaderStandIn {
  readonly #stopped = new AbortController();
  readonly #hashes = new Map<string, string>();
  #over: Promise<void> = Promise.resolve();

  private constructor(private readonly options: ReloaderOptions) {}

  /** Watches from now on: what is there is taken as known. */
  static async start(options: ReloaderOptions): Promise<ReloaderStandIn> {
    const started = new ReloaderStandIn(options);
    const { items, version } = await started.#list('api/v1', 'configmaps');
    for (const item of items) started.#hashes.set(item.metadata.name, hashOf(item));
    const watch = await started.#ask(
      `api/v1/namespaces/${options.namespace}/configmaps?watch=true&resourceVersion=${version}`,
    );
    started.#over = started.#follow(Readable.fromWeb(watch.body as never)).catch(() => undefined);
    return started;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#over;
  }

  async #follow(stream: Readable): Promise<void> {
    for await (const line of createInterface({ input: stream })) {
      const { type, object } = JSON.parse(line) as { type: string; object: Stored };
      const before = this.#hashes.get(object.metadata.name);
      const hash = hashOf(object);
      this.#hashes.set(object.metadata.name, hash);
      if (type === 'MODIFIED' && before !== hash) await this.#reload(object, hash);
    }
  }

  async #reload({ metadata: { name, namespace } }: Stored, hash: string): Promise<void> {
    for (const kind of ['deployments', 'statefulsets', 'daemonsets']) {
      const { items } = await this.#list('apis/apps/v1', kind);
      for (const item of items.filter(({ metadata }) => named(metadata.annotations?.[RELOAD]).includes(name))) {
        await this.#patch(
          `apis/apps/v1/namespaces/${namespace}/${kind}/${item.metadata.name}`,
          this.#change(item, name, hash),
        );
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

  async #list(group: string, kind: string): Promise<{ items: readonly Stored[]; version: string }> {
    const answer = await this.#ask(`${group}/namespaces/${this.options.namespace}/${kind}`);
    const list = (await answer.json()) as { items: Stored[]; metadata: { resourceVersion: string } };
    return { items: list.items, version: list.metadata.resourceVersion };
  }

  async #patch(path: string, body: object): Promise<void> {
    await this.#ask(`${path}?fieldManager=Reloader`, {
      method: 'PATCH',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/merge-patch+json' },
    });
  }

  async #ask(path: string, init: { method?: string; body?: string; headers?: Record<string, string> } = {}) {
    const { url, dispatcher } = this.options;
    return fetch(`${url}/${path}`, { ...init, signal: this.#stopped.signal, ...(dispatcher && { dispatcher }) });
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
