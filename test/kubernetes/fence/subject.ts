import type { ApiAnswer, Person } from '../../lab/kubernetes/api-client.js';
import type { ControlPlane } from '../../lab/kubernetes/control-plane.js';
import { collectionPath, type Kind } from './kind.js';
import { EPOCH, GROUP, IN_FORCE, LABEL, NAMESPACE, RUN, WRITE } from './marks.js';

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly uid?: string;
    readonly [more: string]: unknown;
  };
  readonly [part: string]: unknown;
}

type Patch = Readonly<Record<string, unknown>>;
export interface JsonOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

const CONTENT = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** A slash inside a name, in a JSON pointer. */
export const annotationPointer = (name: string) => `/metadata/annotations/${name.replaceAll('/', '~1')}`;
export const labelPointer = (name: string) => `/metadata/labels/${name.replaceAll('/', '~1')}`;

export const FIRST_VALUE = 'kafka.a:9092';
export const OTHER_VALUE = 'kafka.b:9092';
const FIELD_MANAGER = 'signalbox';

/** One object that somebody tries to change, by everything that the API takes. */
export class Subject {
  constructor(
    private readonly plane: ControlPlane,
    readonly kind: Kind,
    readonly name: string,
    /** Who tries; an administrator when absent. */
    private readonly person?: Person,
  ) {}

  as(person: Person): Subject {
    return new Subject(this.plane, this.kind, this.name, person);
  }

  /** The same object, as another of the versions that are served shows it. */
  inOtherVersion(): Subject {
    const version = this.kind.apiVersion.endsWith('/v1') ? 'v1beta2' : 'v1';
    const kind = { ...this.kind, apiVersion: this.kind.apiVersion.replace(/[^/]+$/, version) };
    return new Subject(this.plane, kind, this.name, this.person);
  }

  get path(): string {
    return `${collectionPath(this.kind, NAMESPACE)}/${this.name}`;
  }

  /** As Signalbox leaves it after a write under the epoch in force, with these annotations changed. */
  sealed(annotations: Readonly<Record<string, string>> = {}, value = FIRST_VALUE): ApiObject {
    return this.object({
      labels: { [LABEL]: GROUP },
      annotations: { [LABEL]: GROUP, [EPOCH]: IN_FORCE, [RUN]: 'r-7', [WRITE]: 'r-7.1', ...annotations },
      value,
    });
  }

  object(parts: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly value: string;
  }): ApiObject {
    const { labels, annotations, value } = parts;
    return {
      apiVersion: this.kind.apiVersion,
      kind: this.kind.kind,
      metadata: {
        name: this.name,
        namespace: NAMESPACE,
        ...(labels && { labels }),
        ...(annotations && { annotations }),
      },
      ...this.kind.holding(value),
    };
  }

  create(object: ApiObject = this.sealed()): Promise<ApiAnswer> {
    return this.send('POST', collectionPath(this.kind, NAMESPACE), object);
  }

  /** By server-side apply, as Signalbox writes. */
  apply(object: ApiObject, manager = FIELD_MANAGER, isForced = true): Promise<ApiAnswer> {
    const query = `?fieldManager=${manager}&force=${isForced}`;
    return this.send('PATCH', `${this.path}${query}`, object, CONTENT.apply);
  }

  merge(patch: Patch, query = ''): Promise<ApiAnswer> {
    return this.send('PATCH', `${this.path}${query}`, patch, CONTENT.merge);
  }

  annotate(annotations: Readonly<Record<string, string | null>>): Promise<ApiAnswer> {
    return this.merge({ metadata: { annotations } });
  }

  strategic(patch: Patch): Promise<ApiAnswer> {
    return this.send('PATCH', this.path, patch, CONTENT.strategic);
  }

  json(...operations: readonly JsonOperation[]): Promise<ApiAnswer> {
    return this.send('PATCH', this.path, operations, CONTENT.json);
  }

  /** As a whole, without a condition on what is there. */
  async replace(change: (object: ApiObject) => ApiObject): Promise<ApiAnswer> {
    const { metadata, ...rest } = await this.read();
    const { resourceVersion: _, ...unconditional } = metadata;
    // Strimzi's want to be told what they replace.
    const kept = this.kind.isBuiltIn ? (unconditional as ApiObject['metadata']) : metadata;
    return this.send('PUT', this.path, change({ ...rest, metadata: kept } as ApiObject));
  }

  subresource(name: string, patch: Patch): Promise<ApiAnswer> {
    return this.send('PATCH', `${this.path}/${name}`, patch, CONTENT.merge);
  }

  delete(query = ''): Promise<ApiAnswer> {
    return this.send('DELETE', `${this.path}${query}`);
  }

  /** All of its kind with its group, in one request. */
  deleteAll(): Promise<ApiAnswer> {
    return this.send('DELETE', collectionPath(this.kind, NAMESPACE));
  }

  /** What is there now. Throws when nothing is. */
  async read(): Promise<ApiObject> {
    const { status, text } = await this.plane.request({ method: 'GET', path: this.path });
    if (status !== 200) throw new Error(`${this.path}: ${status} ${text}`);
    return JSON.parse(text) as ApiObject;
  }

  /** By the command that people use. Its words are turned into the status that the server gave. */
  async kubectl(args: readonly string[], input?: string): Promise<ApiAnswer> {
    const who = this.person === undefined ? [] : ['--as', this.person.user];
    const groups = (this.person?.groups ?? []).flatMap((group) => ['--as-group', group]);
    const all = [...args, '--namespace', NAMESPACE, ...who, ...groups];
    const { code, stdout, stderr } = await this.plane.kubectl(all, input === undefined ? {} : { input });
    return code === 0 ? { status: 200, text: stdout } : { status: statusIn(stderr), text: stderr };
  }

  private send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<ApiAnswer> {
    return this.plane.request({
      method,
      path,
      ...(body !== undefined && { body }),
      ...(contentType !== undefined && { contentType }),
      ...(this.person !== undefined && { as: this.person }),
    });
  }
}

/** 0 when kubectl failed without an answer of the server. */
function statusIn(stderr: string): number {
  if (stderr.includes('(Forbidden)') || stderr.includes('is forbidden')) return 403;
  if (stderr.includes('is invalid')) return 422;
  if (stderr.includes('(Conflict)') || stderr.includes('conflict')) return 409;
  return 0;
}
