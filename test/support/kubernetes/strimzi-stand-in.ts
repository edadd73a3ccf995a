import { canonicalJson } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { ConnectWorker, type WorkerStatus } from './connect-worker.js';
import type { Stored } from './stored.js';
import { desiredConnectors, fieldsOf, type DesiredConnector } from './strimzi-connectors.js';
import { WatchedApi, type ApiAccess, type ChangeEvent } from './watched.js';

export interface StrimziOptions extends ApiAccess {
  /** By namespace, the workers that stand for those that the operator would start. */
  readonly workers: Readonly<Record<string, string>>;
  /** Every resource is looked at this often, whatever happens; 120 s as Strimzi has it. */
  readonly fullEveryMs?: number;
}

interface Condition {
  readonly type: 'Ready' | 'NotReady' | 'Warning' | 'ReconciliationPaused';
  readonly status: 'True';
  readonly reason?: string;
  readonly message?: string;
}

const PLURAL = 'kafkamirrormaker2s';
const GROUP = 'apis/kafka.strimzi.io/v1';
const FULL_EVERY_MS = 120_000;
const ASK = 'strimzi.io/connector-offsets';
const OF = 'strimzi.io/mirrormaker-connector';
const RESTART = 'strimzi.io/restart-connector';
const PAUSE = 'strimzi.io/pause-reconciliation';
const clock = new SystemClock();

/**
 * Stands in for Strimzi's cluster operator, which no registry has, over real Connect workers, and does as Strimzi documents it: a
 * connector that no resource names is deleted, and what was changed at Connect is changed back; offsets are listed and
 * altered by annotation, which goes away when it is done and stays, with a warning, when it is not; a paused resource is
 * not looked at, and its generation not taken up. What a connector comes to after it was told is not waited for: its status
 * is that of the moment, until the next look.
 */
export class StrimziStandIn {
  readonly #api: WatchedApi;
  readonly #stopped = new AbortController();
  readonly #seen = new Map<string, string>();
  #over: Promise<unknown> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();
  /** How often each resource was looked at. */
  readonly looks = new Map<string, number>();

  private constructor(private readonly options: StrimziOptions) {
    this.#api = new WatchedApi(options);
  }

  static async start(options: StrimziOptions): Promise<StrimziStandIn> {
    const started = new StrimziStandIn(options);
    const watched = Object.keys(options.workers).map(async (namespace) => {
      const path = `${GROUP}/namespaces/${namespace}/${PLURAL}`;
      const { items, version } = await started.#api.list(path);
      return { items, events: await started.#api.watch(path, version) };
    });
    const follows = (await Promise.all(watched)).map(({ items, events }) => {
      for (const item of items) started.#take(item);
      return started.#follow(events).catch(() => undefined);
    });
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

  async #follow(events: AsyncIterable<ChangeEvent>): Promise<void> {
    for await (const { type, object } of events) if (type !== 'DELETED') this.#take(object);
  }

  async #lookAtAll(): Promise<void> {
    for (const namespace of Object.keys(this.options.workers)) {
      const { items } = await this.#api.list(`${GROUP}/namespaces/${namespace}/${PLURAL}`);
      this.#seen.clear();
      for (const item of items) this.#take(item);
    }
  }

  /** One resource after the other. Its own status is no reason to look again. */
  #take(object: Stored): void {
    const { name, namespace, generation, annotations } = object.metadata;
    const key = `${namespace}/${name}`;
    const print = canonicalJson({ generation: generation ?? 0, annotations: annotations ?? {} });
    if (this.#seen.get(key) === print) return;
    this.#seen.set(key, print);
    this.#turn = this.#turn
      .then(async () => {
        if (this.#stopped.signal.aborted) return;
        const now = await this.#api.find(`${GROUP}/namespaces/${namespace}/${PLURAL}/${name}`);
        if (now) await this.#reconcile(now);
      })
      .catch(() => undefined);
  }

  async #reconcile(object: Stored): Promise<void> {
    const { namespace, name, annotations } = object.metadata;
    this.looks.set(`${namespace}/${name}`, (this.looks.get(`${namespace}/${name}`) ?? 0) + 1);
    if (annotations?.[PAUSE] === 'true') {
      const { observedGeneration } = fieldsOf(object['status']);
      return this.#report(object, [{ type: 'ReconciliationPaused', status: 'True' }], undefined, observedGeneration);
    }
    const { generation } = object.metadata;
    try {
      const { connectors, warnings } = await this.#turned(object);
      const failed = connectors.some(({ connector }) => connector.state === 'FAILED');
      const message = 'One or more connectors are in FAILED state';
      const state: Condition = failed
        ? { type: 'NotReady', status: 'True', reason: 'RuntimeException', message }
        : { type: 'Ready', status: 'True' };
      await this.#report(object, [state, ...warnings], connectors, generation);
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      const reason =
        error instanceof Error && /fetch failed/.test(error.message) ? 'ConnectException' : 'RuntimeException';
      const condition = { type: 'NotReady', status: 'True', reason, message: messageOf(error) } as const;
      await this.#report(object, [condition], undefined, generation);
    }
  }

  async #turned(object: Stored): Promise<{ connectors: readonly WorkerStatus[]; warnings: readonly Condition[] }> {
    const { namespace } = object.metadata;
    const worker = new ConnectWorker(this.options.workers[namespace] ?? '', this.#stopped.signal);
    const wanted = await desiredConnectors(fieldsOf(object['spec']), (secret, key) =>
      this.#password(namespace, secret, key),
    );
    for (const name of await worker.names()) if (!wanted.some((each) => each.name === name)) await worker.delete(name);
    const turned = await Promise.all(wanted.map((each) => this.#turnOne(object, worker, each)));
    return {
      connectors: turned.map(({ status }) => status).toSorted((one, other) => (one.name! < other.name! ? -1 : 1)),
      warnings: turned.flatMap(({ warnings }) => warnings),
    };
  }

  async #turnOne(object: Stored, worker: ConnectWorker, desired: DesiredConnector) {
    const { name } = desired;
    const warnings: Condition[] = [];
    const config = await worker.config(name);
    if (config === undefined) await worker.create(desired);
    else if (isOther(config, desired)) await worker.configure(desired);
    await this.#setState(worker, desired, (await worker.status(name)).connector.state);
    if (config !== undefined && !isOther(config, desired)) {
      warnings.push(...(await this.#offsets(object, worker, desired)));
      await this.#restart(object, worker, name);
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
  async #offsets(object: Stored, worker: ConnectWorker, desired: DesiredConnector): Promise<readonly Condition[]> {
    const { annotations = {} } = object.metadata;
    const what = annotations[ASK];
    if (what === undefined || annotations[OF] !== desired.name) return [];
    const reason = what === 'list' ? 'ListOffsets' : 'AlterOffsets';
    try {
      if (what === 'list') await this.#list(object, worker, desired);
      else if (what === 'alter') await this.#alter(object, worker, desired);
      else return [];
      await this.#annotate(object, { [ASK]: null, [OF]: null });
      return [];
    } catch (error) {
      return [{ type: 'Warning', status: 'True', reason, message: `Encountered error: ${messageOf(error)}` }];
    }
  }

  async #list({ metadata }: Stored, worker: ConnectWorker, { name, listTo }: DesiredConnector): Promise<void> {
    if (listTo === undefined) throw new Error('missing property listOffsets in KafkaMirrorMaker2 CR');
    const { namespace, labels } = metadata;
    const path = `api/v1/namespaces/${namespace}/configmaps`;
    const data = { [keyOf(name)]: JSON.stringify(await worker.offsets(name), undefined, 2) };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: listTo, labels }, data };
    if (await this.#api.find(`${path}/${listTo}`)) await this.#api.merge(`${path}/${listTo}`, 'strimzi', map);
    else await this.#api.create(path, map);
  }

  async #alter({ metadata }: Stored, worker: ConnectWorker, { name, alterFrom }: DesiredConnector): Promise<void> {
    if (alterFrom === undefined) throw new Error('missing property alterOffsets in KafkaMirrorMaker2 CR');
    const { state } = (await worker.status(name)).connector;
    if (state !== 'STOPPED') throw new Error('Connector is not in STOPPED state');
    const map = await this.#api.find(`api/v1/namespaces/${metadata.namespace}/configmaps/${alterFrom}`);
    const text = fieldsOf(map?.['data'])[keyOf(name)];
    if (typeof text !== 'string') throw new Error(`Data field ${keyOf(name)} is missing`);
    await worker.alter(name, JSON.parse(text));
  }

  async #restart(object: Stored, worker: ConnectWorker, name: string): Promise<void> {
    const asked = object.metadata.annotations?.[RESTART];
    if (asked === undefined || asked.split(':')[0] !== name) return;
    const query = ['includeTasks', 'onlyFailed'].filter((each) => asked.includes(each)).map((each) => `${each}=true`);
    await worker.restart(name, query.join('&'));
    await this.#annotate(object, { [RESTART]: null });
  }

  async #password(namespace: string, secret: string, key: string): Promise<string> {
    const found = await this.#api.find(`api/v1/namespaces/${namespace}/secrets/${secret}`);
    const text = fieldsOf(found?.['data'])[key];
    if (typeof text !== 'string') throw new Error(`Secret ${secret} has no key ${key}`);
    return Buffer.from(text, 'base64').toString('utf8');
  }

  async #annotate({ metadata: { namespace, name } }: Stored, annotations: object): Promise<void> {
    await this.#api.merge(`${GROUP}/namespaces/${namespace}/${PLURAL}/${name}`, 'strimzi', {
      metadata: { annotations },
    });
  }

  /** Only where it differs, times left out. */
  async #report(
    { metadata: { namespace, name } }: Stored,
    conditions: readonly Condition[],
    connectors: readonly WorkerStatus[] | undefined,
    observedGeneration: unknown,
  ): Promise<void> {
    const lastTransitionTime = new Date(clock.now()).toISOString();
    const status = {
      ...(observedGeneration !== undefined && { observedGeneration }),
      conditions: conditions.map((each) => ({ ...each, lastTransitionTime })),
      connectors: connectors ?? [],
    };
    const path = `${GROUP}/namespaces/${namespace}/${PLURAL}/${name}`;
    const now = fieldsOf((await this.#api.find(path))?.['status']);
    if (printOf(now) === printOf(status)) return;
    await this.#api.merge(`${path}/status`, 'strimzi', { status });
  }
}

const keyOf = (connector: string): string => `${connector.replace('->', '--')}.json`;

const isOther = ({ name: _, ...held }: Readonly<Record<string, string>>, { config }: DesiredConnector): boolean =>
  canonicalJson(held) !== canonicalJson(config);

const printOf = (status: object): string =>
  JSON.stringify(status, (key, value: unknown) => (key === 'lastTransitionTime' ? undefined : value));
