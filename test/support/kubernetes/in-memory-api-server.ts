import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { conflict, malformed, missing, policyRefusal, statusOf, type Refusal } from './refusal.js';
import { applied, fieldsOf, isFields, isOthers, merged, type Owners, type Stored } from './stored.js';

/** What becomes of a request: answered, applied and never answered, applied and then a 500, or never looked at. */
export type Trouble = 'answer-lost' | 'error-after' | 'hangs';

export interface Seed {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

const GROUPS: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1',
  StatefulSet: 'apis/apps/v1',
  DaemonSet: 'apis/apps/v1',
  Rollout: 'apis/argoproj.io/v1alpha1',
  PodDisruptionBudget: 'apis/policy/v1',
  KafkaMirrorMaker2: 'apis/kafka.strimzi.io/v1',
  KafkaConnector: 'apis/kafka.strimzi.io/v1',
  KafkaUser: 'apis/kafka.strimzi.io/v1',
  NetworkPolicy: 'apis/networking.k8s.io/v1',
};
/** What of the kinds above is asked for before their objects are. */
const SERVED: Readonly<Record<string, object>> = {
  '/apis/kafka.strimzi.io/v1': {
    kind: 'APIResourceList',
    resources: [{ name: 'kafkamirrormaker2s' }, { name: 'kafkaconnectors' }, { name: 'kafkausers' }],
  },
};

interface Watch {
  readonly path: string;
  /** Of the one object that is watched; all of the collection when absent. */
  readonly name: string | undefined;
  readonly response: ServerResponse;
}

/**
 * As much of the API server's REST interface as the config-switcher and the stand-in of Reloader use, held to what
 * Kubernetes documents of it, within one process. Objects change by requests, or by `put` as by their controllers.
 */
export class InMemoryApiServer {
  readonly #objects = new Map<string, { stored: Stored; owners: Owners }>();
  readonly #watches = new Set<Watch>();
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));
  #version = 100;
  #port = 0;
  /** Of the next write; it is over with it. */
  trouble: Trouble | undefined;
  /** The bearer that it knows; everybody when absent. */
  token: string | undefined;
  isFenced = false;
  /** Beginnings of paths that RBAC keeps from us. */
  denied: readonly string[] = [];
  /** As where a Role says get, and no watch. */
  isUnwatchable = false;
  /** What controllers do about a change. */
  onChange: (stored: Stored) => void = () => undefined;
  requests = 0;

  static async start(): Promise<InMemoryApiServer> {
    const started = new InMemoryApiServer();
    await started.up();
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Serves, at the same port as before. */
  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** That are open at this moment. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  /** As killed: nothing is answered, and what it keeps is kept. */
  async down(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    this.#watches.clear();
    await closed;
  }

  /** As its controllers write, or somebody without manners. */
  put(seed: Seed): Stored {
    const { metadata, kind } = seed;
    const namespace = metadata.namespace ?? 'orders';
    const path = `/${GROUPS[kind] ?? 'api/v1'}/namespaces/${namespace}/${pluralOf(kind)}/${metadata.name}`;
    const before = this.#objects.get(path);
    const stored = { apiVersion: 'v1', ...seed, metadata: { ...metadata, namespace, resourceVersion: this.#next() } };
    this.#objects.set(path, { stored: stored as Stored, owners: before?.owners ?? new Map() });
    this.#tell(path, before ? 'MODIFIED' : 'ADDED', stored as Stored);
    return stored as Stored;
  }

  find(path: string): Stored | undefined {
    return this.#objects.get(path)?.stored;
  }

  all(kind: string): readonly Stored[] {
    return [...this.#objects.values()].map(({ stored }) => stored).filter((stored) => stored.kind === kind);
  }

  remove(kind: string, name: string): void {
    for (const [path, { stored }] of this.#objects) {
      if (stored.kind === kind && stored.metadata.name === name) this.#objects.delete(path);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const body = await text(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const isWrite = request.method === 'PATCH';
    const trouble = isWrite ? this.trouble : undefined;
    if (isWrite) this.trouble = undefined;
    if (trouble === 'hangs') return;
    const answer =
      this.#refusedAtTheDoor(request, pathname) ?? this.#answer(request, pathname, searchParams, body, response);
    if (answer === undefined) return;
    if (trouble === 'answer-lost') return void response.destroy();
    if (trouble === 'error-after')
      return send(response, { code: 500, reason: 'InternalError', message: 'etcdserver: request timed out' });
    send(response, answer);
  }

  #refusedAtTheDoor({ headers }: IncomingMessage, path: string): Refusal | undefined {
    if (this.token !== undefined && headers.authorization !== `Bearer ${this.token}`)
      return { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };
    if (!this.denied.some((each) => path.startsWith(each))) return undefined;
    return { code: 403, reason: 'Forbidden', message: `${path} is forbidden: User "signalbox" cannot do that` };
  }

  /** Undefined for a watch, which goes on. */
  #answer(
    { method, headers }: IncomingMessage,
    path: string,
    query: URLSearchParams,
    body: string,
    response: ServerResponse,
  ): Refusal | object | undefined {
    if (query.get('watch') === 'true') return this.#watch(path, query, response);
    if (method === 'GET' && SERVED[path]) return SERVED[path];
    if (method === 'POST') return this.put(JSON.parse(body) as Seed);
    if (method === 'GET' && isCollection(path)) return this.#list(path, query.get('labelSelector'));
    const [object = '', isStatus] = path.endsWith('/status') ? [path.slice(0, -'/status'.length), true] : [path];
    const held = this.#objects.get(object);
    if (held === undefined && headers['content-type'] === APPLY)
      return this.#made(object, query, JSON.parse(body) as Seed);
    if (held === undefined) return missing(path);
    if (method === 'GET') return held.stored;
    return this.#patch(object, held, headers['content-type'] ?? '', query, onlyOf(JSON.parse(body), isStatus === true));
  }

  /** What server-side apply does where nothing is. */
  #made(path: string, query: URLSearchParams, seed: Seed): Refusal | object {
    if (seed.metadata['resourceVersion'] !== undefined) return missing(path);
    const metadata = { namespace: 'orders', ...seed.metadata, resourceVersion: this.#next() };
    const stored = { apiVersion: 'v1', ...seed, metadata } as Stored;
    if (query.get('dryRun') === 'All') return stored;
    const owners = new Map([[query.get('fieldManager') ?? '', new Set(fieldsOf(seed))]]);
    this.#objects.set(path, { stored, owners });
    this.#tell(path, 'ADDED', stored);
    return stored;
  }

  #patch(
    path: string,
    { stored, owners }: { stored: Stored; owners: Owners },
    type: string,
    query: URLSearchParams,
    patch: unknown,
  ): Refusal | object {
    const manager = query.get('fieldManager');
    const metadata = isFields(patch) && isFields(patch['metadata']) ? patch['metadata'] : {};
    const seen = metadata['resourceVersion'];
    if (seen !== undefined && seen !== stored.metadata.resourceVersion) return conflict(stored);
    const isApply = type === APPLY;
    if (!isApply && type !== 'application/merge-patch+json')
      return { code: 415, reason: 'UnsupportedMediaType', message: type };
    if (isApply && !manager)
      return { code: 400, reason: 'BadRequest', message: 'fieldManager is required for apply patch' };
    const wrong = malformed(patch);
    if (wrong) return wrong;
    if (isApply && query.get('force') !== 'true' && isOthers(stored, owners, manager ?? '', patch as Stored))
      return conflict(stored);
    if (query.get('dryRun') === 'All') return stored;
    const next = isApply
      ? applied(stored, owners, manager ?? '', patch as Readonly<Record<string, unknown>>)
      : { after: merged(stored, patch), owners };
    return this.#stored(path, stored, next.after as Stored, next.owners);
  }

  /** A write that changes nothing leaves the resourceVersion as it is. */
  #stored(path: string, before: Stored, after: Stored, owners: Owners): Refusal | object {
    const refused = this.isFenced ? policyRefusal(before, after) : undefined;
    if (refused) return refused;
    if (JSON.stringify(before) === JSON.stringify(after)) return before;
    const isSpec = JSON.stringify(before['spec']) !== JSON.stringify(after['spec']);
    const generation = (before.metadata.generation ?? 0) + (isSpec ? 1 : 0);
    const metadata = { ...after.metadata, generation, resourceVersion: this.#next() };
    const stored: Stored = { ...after, metadata };
    this.#objects.set(path, { stored, owners });
    this.#tell(path, 'MODIFIED', stored);
    this.onChange(stored);
    return this.#objects.get(path)?.stored ?? stored;
  }

  #list(path: string, selector: string | null): object {
    const wanted = (selector ?? '').split(',').filter((each) => each !== '');
    const items = [...this.#objects]
      .filter(([each]) => each.startsWith(`${path}/`))
      .map(([, { stored }]) => stored)
      .filter(({ metadata: { labels } }) =>
        wanted.every((each) => labels?.[each.split('=')[0] ?? ''] === each.split('=')[1]),
      );
    return { kind: 'List', metadata: { resourceVersion: String(this.#version) }, items };
  }

  /** Without a version to begin after, what is there comes first. */
  #watch(path: string, query: URLSearchParams, response: ServerResponse): Refusal | undefined {
    if (this.isUnwatchable) return { code: 403, reason: 'Forbidden', message: `${path} cannot be watched` };
    const watch = { path, name: /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '')?.[1], response };
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    if (query.has('resourceVersion')) return undefined;
    for (const [at, { stored }] of this.#objects) this.#tellOne(watch, at, 'ADDED', stored);
    return undefined;
  }

  #tell(path: string, type: string, object: Stored): void {
    for (const watch of this.#watches) this.#tellOne(watch, path, type, object);
  }

  #tellOne({ path, name, response }: Watch, at: string, type: string, object: Stored): void {
    if (name === undefined ? at.startsWith(`${path}/`) : at === `${path}/${name}`)
      response.write(`${JSON.stringify({ type, object })}\n`);
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }
}

/** The status has a path of its own, and changes there alone. */
function onlyOf(patch: unknown, isStatus: boolean): unknown {
  if (!isFields(patch)) return patch;
  const { status, ...rest } = patch;
  return isStatus ? { ...(status !== undefined && { status }) } : rest;
}

const APPLY = 'application/apply-patch+yaml';
const pluralOf = (kind: string): string => `${kind.toLowerCase().replace(/y$/, 'ie')}s`;

/** `…/namespaces/orders/pods`, and not one of them. */
const isCollection = (path: string): boolean => path.split('/namespaces/')[1]?.split('/').length === 2;

const send = (response: ServerResponse, answer: Refusal | object): void => {
  const refusal = 'code' in answer && 'reason' in answer ? (answer as Refusal) : undefined;
  response.writeHead(refusal?.code ?? 200, { 'content-type': 'application/json' });
  response.end(refusal ? statusOf(refusal) : JSON.stringify(answer));
};
