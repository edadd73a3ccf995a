import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { STRIMZI_DEFINITIONS } from '../cache.js';

export type StrimziKind = 'kafkamirrormaker2s' | 'kafkaconnectors' | 'kafkausers';
/** `both`: v1beta2, stored, and v1, as Strimzi 0.49 to 0.51 serves them; `v1-only`: as from 1.0 on. */
export type StrimziShape = 'both' | 'v1-only';

const fileOf = (shape: StrimziShape, kind: StrimziKind): string => join(STRIMZI_DEFINITIONS, `${shape}.${kind}.yaml`);

/** Strimzi's own definitions of these kinds, schemas included, generated from its published classes. */
export const strimziDefinitions = (shape: StrimziShape, kinds: readonly StrimziKind[]): object[] =>
  kinds.map((kind) => parse(readFileSync(fileOf(shape, kind), 'utf8')) as object);

/** What is not here for it; `npm run test:kubernetes` makes what it can. */
export const missingForStrimzi = (): string[] =>
  existsSync(fileOf('both', 'kafkamirrormaker2s')) ? [] : ["Strimzi's resource definitions"];
