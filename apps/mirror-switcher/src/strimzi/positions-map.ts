import { decodeValue } from '#libs/contracts';
import type { Epoch } from '#libs/domain';
import { epochIn, STAMPS, stampsOf, type Stamps } from '#libs/kubernetes';
import { z } from 'zod';

const Texts = z.record(z.string(), z.string());
const MapWire = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string().min(1),
    annotations: Texts.nullish(),
    labels: Texts.nullish(),
  }),
  data: Texts.nullish(),
});

/** A ConfigMap of positions, as it was seen. */
export interface PositionsMap {
  readonly version: string;
  readonly epoch: Epoch;
  readonly stamps: Stamps;
  readonly data: Readonly<Record<string, string>>;
}

/** @throws MalformedError, EpochPoisonedError */
export function positionsMap(answer: unknown, name: string): PositionsMap {
  const decoded = decodeValue(MapWire, answer, name);
  if (!decoded.ok) throw decoded.problem;
  const { metadata, data } = decoded.value;
  return {
    version: metadata.resourceVersion,
    epoch: epochIn(metadata.annotations?.[STAMPS.epoch], name),
    stamps: stampsOf(metadata),
    data: data ?? {},
  };
}

export const configMapPath = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${namespace}/configmaps/${name}`;
