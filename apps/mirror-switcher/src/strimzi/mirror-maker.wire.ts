import { decodeValue } from '#libs/contracts';
import { z } from 'zod';

/** What of a KafkaMirrorMaker2 counts here, in either of its versions; the rest of it is kept as it is. */
const Texts = z.record(z.string(), z.string()).nullish();
const Reference = z.looseObject({ name: z.string() }).nullish();
const Connector = z.looseObject({
  state: z.enum(['running', 'paused', 'stopped']).nullish(),
  pause: z.boolean().nullish(),
  listOffsets: z.looseObject({ toConfigMap: Reference }).nullish(),
  alterOffsets: z.looseObject({ fromConfigMap: Reference }).nullish(),
});
const Mirror = z.looseObject({
  source: z.looseObject({ alias: z.string() }).nullish(),
  /** Until v1beta2. */
  sourceCluster: z.string().nullish(),
  targetCluster: z.string().nullish(),
  sourceConnector: Connector.nullish(),
  checkpointConnector: Connector.nullish(),
});
const Part = z.looseObject({ state: z.string(), trace: z.string().nullish() });
const Reported = z.looseObject({ name: z.string(), connector: Part, tasks: z.array(Part).default([]) });
const Condition = z.looseObject({
  type: z.string(),
  status: z.string().nullish(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
});

const MirrorMakerWire = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string().min(1),
    generation: z.number().default(0),
    annotations: Texts,
    labels: Texts,
  }),
  spec: z.looseObject({
    replicas: z.number().nullish(),
    target: z.looseObject({ alias: z.string() }).nullish(),
    /** Until v1beta2. */
    connectCluster: z.string().nullish(),
    mirrors: z.array(Mirror).default([]),
  }),
  status: z
    .looseObject({
      observedGeneration: z.number().nullish(),
      conditions: z.array(Condition).nullish(),
      connectors: z.array(Reported).nullish(),
    })
    .nullish(),
});

export type MirrorMakerWire = z.infer<typeof MirrorMakerWire>;
export type MirrorWire = z.infer<typeof Mirror>;
export type ConnectorWire = z.infer<typeof Connector>;
export type ReportedWire = z.infer<typeof Reported>;
export type ConditionWire = z.infer<typeof Condition>;

/** `name`: of the resource, for messages. @throws MalformedError */
export function mirrorMakerWire(answer: unknown, name: string): MirrorMakerWire {
  const decoded = decodeValue(MirrorMakerWire, answer, name);
  if (!decoded.ok) throw decoded.problem;
  return decoded.value;
}
