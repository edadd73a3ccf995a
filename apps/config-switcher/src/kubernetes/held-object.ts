import { createHash } from 'node:crypto';
import { decodeValue } from '#libs/contracts';
import type { ConfigData, Epoch } from '#libs/domain';
import { epochIn, STAMPS, stampsOf, type Stamps } from '#libs/kubernetes';
import { dataOf, nameOfTarget, type KubernetesTarget } from '#libs/topology';
import { z } from 'zod';

const Texts = z.record(z.string(), z.string());
const ObjectWire = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string().min(1),
    annotations: Texts.nullish(),
    labels: Texts.nullish(),
  }),
  data: Texts.nullish(),
  binaryData: Texts.nullish(),
});

/** A ConfigMap or Secret, as it was seen. */
export interface HeldObject {
  readonly name: string;
  /** The resourceVersion, which an apply compares. */
  readonly version: string;
  readonly epoch: Epoch;
  /** Our stamps that are there. */
  readonly stamps: Stamps;
  /** The text of each of our keys that is there. */
  readonly texts: ReadonlyMap<string, string>;
  /** As Reloader hashes the whole object, other people's keys included: by either algorithm it has had. */
  readonly hashes: readonly string[];
}

/** @throws MalformedError, EpochPoisonedError */
export function heldObject(target: KubernetesTarget, answer: unknown): HeldObject {
  const name = nameOfTarget(target);
  const decoded = decodeValue(ObjectWire, answer as never, name);
  if (!decoded.ok) throw decoded.problem;
  const { metadata, data, binaryData } = decoded.value;
  const isSecret = target.object === 'Secret';
  const texts = new Map(
    Object.entries(data ?? {}).map(([key, text]) => [
      key,
      isSecret ? Buffer.from(text, 'base64').toString('utf8') : text,
    ]),
  );
  const annotations = metadata.annotations ?? {};
  return {
    name,
    version: metadata.resourceVersion,
    epoch: epochIn(annotations[STAMPS.epoch], name),
    stamps: stampsOf(metadata),
    texts: new Map([...texts].filter(([key]) => key in target.keys)),
    hashes: hashesOf([...texts, ...Object.entries(binaryData ?? {})]),
  };
}

function hashesOf(entries: readonly (readonly [string, string])[]): readonly string[] {
  const text = entries
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(';');
  return ['sha1', 'sha512-256'].map((algorithm) => createHash(algorithm).update(text).digest('hex'));
}

/** What each of its keys says; undefined where it is not there, or says nothing of its kind. */
export const partsOf = (target: KubernetesTarget, { texts }: HeldObject): readonly (ConfigData | undefined)[] =>
  Object.entries(target.keys).map(([key, rendering]) => {
    const text = texts.get(key);
    return text === undefined ? undefined : dataOf(rendering, text);
  });
