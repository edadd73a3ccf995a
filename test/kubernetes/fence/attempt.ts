import type { ApiAnswer } from '../../lab/kubernetes/api-client.js';
import type { Kind } from './kind.js';
import { EPOCH, GROUP, IN_FORCE, LABEL } from './marks.js';
import type { ApiObject, Subject } from './subject.js';

/**
 * What has to become of it. `refused`: by the fence, and nothing changed. `impossible`: the API knows no such request for this
 * kind, and nothing changed. `without effect`: answered well, but what is fenced is as it was. `taken`: as asked.
 */
export type Outcome = 'refused' | 'impossible' | 'without effect' | 'taken';

export interface Attempt {
  /** What is tried, as a row of the page says it. */
  readonly name: string;
  readonly outcome: Outcome | ((kind: Kind) => Outcome);
  /** Against an object that is there as `sealed`, unless `before` made another one of it. */
  readonly act: (subject: Subject) => Promise<ApiAnswer>;
  /** Makes the object that is attacked; sealed under the epoch in force when absent. */
  readonly before?: (subject: Subject) => Promise<unknown>;
  /** Refused by the API server's own rules, before the fence is asked. */
  readonly isOfTheApi?: boolean;
  /** Kinds that know such a thing at all; all when absent. */
  readonly only?: (kind: Kind) => boolean;
}

export interface Section {
  readonly title: string;
  readonly attempts: readonly Attempt[];
}

/** What has to become of it, made on an object of this kind. */
export const wantedOf = ({ outcome }: Attempt, kind: Kind): Outcome =>
  typeof outcome === 'function' ? outcome(kind) : outcome;

export const builtIn = (kind: Kind): boolean => kind.isBuiltIn;
export const strimzis = (kind: Kind): boolean => !kind.isBuiltIn;
/** Of which several run: workers or tasks. */
export const scaled = (kind: Kind): boolean => strimzis(kind) && kind.isStamped;

/** What a fenced object may lose to nobody. */
export function fencedPartOf(object: ApiObject): unknown {
  const { metadata, data, binaryData, spec, immutable } = object;
  const { annotations = {}, labels = {} } = metadata;
  return { epoch: annotations[EPOCH], group: labels[LABEL], data, binaryData, spec, immutable };
}

/** The object with these annotations changed; `undefined` takes one away. */
export function annotated(object: ApiObject, changes: Readonly<Record<string, string | undefined>>): ApiObject {
  const annotations = Object.entries({ ...object.metadata.annotations, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } };
}

export function labelled(object: ApiObject, labels: Readonly<Record<string, string>>): ApiObject {
  return { ...object, metadata: { ...object.metadata, labels } };
}

export const LOWER = String(Number(IN_FORCE) - 1);
export const HIGHER = String(Number(IN_FORCE) + 1);
export const OTHER_GROUP = `not-${GROUP}`;
