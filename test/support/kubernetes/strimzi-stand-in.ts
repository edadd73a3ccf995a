import { canonicalJson } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { ConnectWorker, type WorkerStatus } from './connect-worker.js';
import type { Stored } from './stored.js';
import { fieldsOf, type DesiredConnector } from './strimzi-connectors.js';
import { ASK, KINDS, type Condition, type OperatedKind } from './strimzi-kinds.js';
import { WatchedApi, type ApiAccess, type ChangeEvent } from './watched.js';

export interface StrimziOptions extends ApiAccess {
  /** By namespace, the workers that stand for those that the operator would start. */
  readonly workers: Readonly<Record<string, string>>;
  /** Every resource is looked at this often, whatever happens; 120 s as Strimzi has it. */
  readonly fullEveryMs?: number;
}

/** One resource, and what its kind has of its own. */
interface Operated {
  readonly kind: OperatedKind;
  readonly object: Stored;
}

const GROUP = 'apis/kafka.strimzi.io/v1';
const FULL_EVERY_MS = 120_000;
const RESTART = 'strimzi.io/restart-connector';
const PAUSE = 'strimzi.io/pause-reconciliation';
const clock = new SystemClock();

/**
 * Stands in for Strimzi's cluster operator, which no registry has, over real Connect workers, and does as Strimzi documents it: a
 * connector that no resource names is deleted, and what was changed at Connect is changed back; offsets are listed and
 * altered by annotation, which goes away when it is done and stays, with a warning, when it is not; a paused resource is
 * not looked at, and its generation not taken up. What a connector comes to after it was told is not waited for: its status
 * is that of the moment, until the next look. Of a KafkaConnector the real one looks at its own status once more, and this
 * one does not: what waits for it has to make it look.
 */
export class StrimziStandIn {
  readonly #api: WatchedApi;
  readonly #stopped = new AbortController();
  readonly #seen = new Map<string, string>();
  #over: Promise<unknown> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();

  private constructor(private readonly options: StrimziOptions) {
    this.#api = new WatchedApi(options);
  }

  static async start(options: StrimziOptions): Promise<StrimziStandIn> {
    const started = new StrimziStandIn(options);
    const namespaces = Object.keys(options.workers);
    const all = namespaces.flatMap((namespace) => KINDS.map((kind) => ({ namespace, kind })));
    const watched = all.map(async ({ namespace, kind }) => {
      const path = `${GROUP}/namespaces/${namespace}/${kind.plural}`;
      const { items, version } = await started.#api.list(path);
      return { kind, items, events: await started.#api.watch(path, version) };
    });
    const follows = (await Promise.all(watched)).map(({ kind, items, events }) => {
      for (const item of items) started.#take(kind, item);
      return started.#follow(kind, events).catch(() => undefined);
    });
    for (const namespace of namespaces) started.#tidy(namespace);
    const full = clock.every(options.fullEveryMs ?? FULL_EVERY_MS, () => started.#lookAtAll().catch(() => undefined));
    started.#over = Promise.all(follows).finally(full);
    return started;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#api.stop();
    await this.#over;
    await this.#turn.catch(() => undefined);
  }

  async #follow(kind: OperatedKind, events: AsyncIterable<ChangeEvent>): Promise<void> {
    for await (const { type, object } of events) if (type !== 'DELETED') this.#take(kind, object);
  }

  async #lookAtAll(): Promise<void> {
    this.#seen.clear();
    for (const namespace of Object.keys(this.options.workers)) {
      for (const kind of KINDS) {
        const { items } = await this.#api.list(`${GROUP}/namespaces/${namespace}/${kind.plural}`);
        for (const item of items) this.#take(kind, item);
      }
      this.#tidy(namespace);
    }
  }

  /** A KafkaConnect of KafkaConnectors is looked at as a whole: what none of them names is deleted. */
  #tidy(namespace: string): void {
    this.#next(async () => {
      const { items } = await this.#api.list(`${GROUP}/namespaces/${namespace}/kafkaconnectors`);
      if (items.length === 0) return;
      const worker = this.#workerOf(namespace);
      const isNamed = (connector: string) => items.some(({ metadata }) => metadata.name === connector);
      for (const name of await worker.names()) if (!isNamed(name)) await worker.delete(name);
    });
  }

  #workerOf(namespace: string): ConnectWorker {
    return new ConnectWorker(this.options.workers[namespace] ?? '', this.#stopped.signal);
  }

  /** One thing after the other. */
  #next(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(() => (this.#stopped.signal.aborted ? undefined : work())).catch(() => undefined);
  }

  /** Its own status is no reason to look again. */
  #take(kind: OperatedKind, object: Stored): void {
    const { name, namespace, generation, annotations } = object.metadata;
    const key = `${kind.plural}/${namespace}/${name}`;
    const print = canonicalJson({ generation: generation ?? 0, annotations: annotations ?? {} });
    if (this.#seen.get(key) === print) return;
    this.#seen.set(key, print);
    this.#next(async () => {
      const now = await this.#api.find(`${GROUP}/namespaces/${namespace}/${kind.plural}/${name}`);
      if (now) await this.#reconcile({ kind, object: now });
    });
  }

  async #reconcile(operated: Operated): Promise<void> {
    const { kind, object } = operated;
    const { generation, annotations } = object.metadata;
    if (annotations?.[PAUSE] === 'true') {
      const { observedGeneration } = fieldsOf(object['status']);
      return this.#report(operated, [{ type: 'ReconciliationPaused', status: 'True' }], [], observedGeneration);
    }
    try {
      const { connectors, warnings } = await this.#turned(operated);
      await this.#report(operated, [kind.condition(connectors), ...warnings], connectors, generation);
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      const reason =
        error instanceof Error && /fetch failed/.test(error.message) ? 'ConnectException' : 'RuntimeException';
      const condition = { type: 'NotReady', status: 'True', reason, message: messageOf(error) } as const;
      await this.#report(operated, [condition], [], generation);
    }
  }

  async #turned(operated: Operated): Promise<{ connectors: readonly WorkerStatus[]; warnings: readonly Condition[] }> {
    const { kind, object } = operated;
    const { namespace } = object.metadata;
    const worker = this.#workerOf(namespace);
    const wanted = await kind.desired(object, (secret, key) => this.#password(namespace, secret, key));
    const isWanted = (connector: string) => wanted.some(({ name }) => name === connector);
    if (kind.ownsWorkers) for (const name of await worker.names()) if (!isWanted(name)) await worker.delete(name);
    const turned = await Promise.all(wanted.map((each) => this.#turnOne(operated, worker, each)));
    return {
      connectors: turned.map(({ status }) => status),
      warnings: turned.flatMap(({ warnings }) => warnings),
    };
  }

  async #turnOne(operated: Operated, worker: ConnectWorker, desired: DesiredConnector) {
    const { name } = desired;
    const warnings: Condition[] = [];
    const config = await worker.config(name);
    if (config === undefined) await worker.create(desired);
    else if (isOther(config, desired)) await worker.configure(desired);
    await this.#setState(worker, desired, (await worker.status(name)).connector.state);
    if (config !== undefined && !isOther(config, desired)) {
      warnings.push(...(await this.#offsets(operated, worker, desired)));
      await this.#restart(operated, worker, name);
    }
    return { status: await worker.status(name), warnings };
  }

  async #setState(worker: ConnectWorker, { name, state: wanted }: DesiredConnector, state: string): Promise<void> {
    const verb = { running: 'resume', paused: 'pause', stopped: 'stop' } as const;
    const isPassing = !['RUNNING', 'PAUSED', 'STOPPED', 'FAILED'].includes(state);
    const isRefused = state === 'FAILED' && wanted !== 'stopped';
    if (state !== wanted.toUpperCase() && !isPassing && !isRefused) await worker.change(name, verb[wanted]);
  }

  /** What fails is a warning, and tried again at the next look. */
  async #offsets(operated: Operated, worker: ConnectWorker, desired: DesiredConnector): Promise<readonly Condition[]> {
    const { kind, object } = operated;
    const { annotations = {} } = object.metadata;
    const what = annotations[ASK];
    if (what === undefined || !kind.isAsked(annotations, desired.name)) return [];
    const reason = what === 'list' ? 'ListOffsets' : 'AlterOffsets';
    try {
      if (what === 'list') await this.#list(operated, worker, desired);
      else if (what === 'alter') await this.#alter(operated, worker, desired);
      else return [];
      await this.#annotate(operated, Object.fromEntries(kind.asks.map((each) => [each, null])));
      return [];
    } catch (error) {
      return [{ type: 'Warning', status: 'True', reason, message: `Encountered error: ${messageOf(error)}` }];
    }
  }

  async #list({ kind, object }: Operated, worker: ConnectWorker, { name, listTo }: DesiredConnector): Promise<void> {
    if (listTo === undefined) throw new Error(`missing property listOffsets in ${kind.kind} CR`);
    const { namespace, labels } = object.metadata;
    const path = `api/v1/namespaces/${namespace}/configmaps`;
    const data = { [kind.keyOf(name)]: JSON.stringify(await worker.offsets(name), undefined, 2) };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: listTo, labels }, data };
    if (await this.#api.find(`${path}/${listTo}`)) await this.#api.merge(`${path}/${listTo}`, 'strimzi', map);
    else await this.#api.create(path, map);
  }

  async #alter(
    { kind, object }: Operated,
    worker: ConnectWorker,
    { name, alterFrom }: DesiredConnector,
  ): Promise<void> {
    if (alterFrom === undefined) throw new Error(`missing property alterOffsets in ${kind.kind} CR`);
    const { state } = (await worker.status(name)).connector;
    if (state !== 'STOPPED') throw new Error('Connector is not in STOPPED state');
    const map = await this.#api.find(`api/v1/namespaces/${object.metadata.namespace}/configmaps/${alterFrom}`);
    const text = fieldsOf(map?.['data'])[kind.keyOf(name)];
    if (typeof text !== 'string') throw new Error(`Data field ${kind.keyOf(name)} is missing`);
    await worker.alter(name, JSON.parse(text));
  }

  async #restart(operated: Operated, worker: ConnectWorker, name: string): Promise<void> {
    const asked = operated.object.metadata.annotations?.[RESTART];
    if (asked === undefined || asked.split(':')[0] !== name) return;
    const query = ['includeTasks', 'onlyFailed'].filter((each) => asked.includes(each)).map((each) => `${each}=true`);
    await worker.restart(name, query.join('&'));
    await this.#annotate(operated, { [RESTART]: null });
  }

  async #password(namespace: string, secret: string, key: string): Promise<string> {
    const found = await this.#api.find(`api/v1/namespaces/${namespace}/secrets/${secret}`);
    const text = fieldsOf(found?.['data'])[key];
    if (typeof text !== 'string') throw new Error(`Secret ${secret} has no key ${key}`);
    return Buffer.from(text, 'base64').toString('utf8');
  }

  async #annotate(operated: Operated, annotations: object): Promise<void> {
    await this.#api.merge(pathOf(operated), 'strimzi', { metadata: { annotations } });
  }

  /** Only where it differs, times left out. */
  async #report(
    operated: Operated,
    conditions: readonly Condition[],
    connectors: readonly WorkerStatus[],
    observedGeneration: unknown,
  ): Promise<void> {
    const lastTransitionTime = new Date(clock.now()).toISOString();
    const status = {
      ...(observedGeneration !== undefined && { observedGeneration }),
      conditions: conditions.map((each) => ({ ...each, lastTransitionTime })),
      ...operated.kind.reported(connectors),
    };
    const path = pathOf(operated);
    const now = fieldsOf((await this.#api.find(path))?.['status']);
    if (printOf(now) === printOf(status)) return;
    await this.#api.merge(`${path}/status`, 'strimzi', { status });
  }
}

const pathOf = ({ kind, object: { metadata } }: Operated): string =>
  `${GROUP}/namespaces/${metadata.namespace}/${kind.plural}/${metadata.name}`;

const isOther = ({ name: _, ...held }: Readonly<Record<string, string>>, { config }: DesiredConnector): boolean =>
  canonicalJson(held) !== canonicalJson(config);

const printOf = (status: object): string =>
  JSON.stringify(status, (key, value: unknown) => (key === 'lastTransitionTime' ? undefined : value));
