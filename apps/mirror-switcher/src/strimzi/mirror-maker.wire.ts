import { decodeValue } from '#libs/contracts';
import { z } from 'zod';

/** What of Strimzi's resources counts here, in either of their versions; the rest of them is kept as it is. */
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
/** As Connect's REST interface has it, and Strimzi hands it through. */
const Reported = z.looseObject({ connector: Part, tasks: z.array(Part).default([]) });
const Condition = z.looseObject({
  type: z.string(),
  status: z.string().nullish(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
});
const Metadata = z.looseObject({
  resourceVersion: z.string().min(1),
  generation: z.number().default(0),
  annotations: Texts,
  labels: Texts,
});
const Looked = z.looseObject({
  observedGeneration: z.number().nullish(),
  conditions: z.array(Condition).nullish(),
});

const MirrorMakerWire = z.looseObject({
  metadata: Metadata,
  spec: z.looseObject({
    replicas: z.number().nullish(),
    target: z.looseObject({ alias: z.string() }).nullish(),
    /** Until v1beta2. */
    connectCluster: z.string().nullish(),
    mirrors: z.array(Mirror).default([]),
  }),
  status: Looked.extend({ connectors: z.array(Reported.extend({ name: z.string() })).nullish() }).nullish(),
});

const KafkaConnectorWire = z.looseObject({
  metadata: Metadata,
  spec: Connector.extend({
    class: z.string().nullish(),
    config: z.looseObject({ 'source.cluster.alias': z.string().nullish() }).nullish(),
  }),
  status: Looked.extend({ connectorStatus: Reported.nullish() }).nullish(),
});

export type MirrorMakerWire = z.infer<typeof MirrorMakerWire>;
export type KafkaConnectorWire = z.infer<typeof KafkaConnectorWire>;
export type MirrorWire = z.infer<typeof Mirror>;
export type ConnectorWire = z.infer<typeof Connector>;
export type ReportedWire = z.infer<typeof Reported>;
export type ConditionWire = z.infer<typeof Condition>;
export type MetadataWire = z.infer<typeof Metadata>;
export type LookedWire = z.infer<typeof Looked>;

/** `name`: of the resource, for messages. @throws MalformedError */
export function mirrorMakerWire(answer: unknown, name: string): MirrorMakerWire {
  const decoded = decodeValue(MirrorMakerWire, answer, name);
  if (!decoded.ok) throw decoded.problem;
  return decoded.value;
}

/** The same of a KafkaConnector. @throws MalformedError */
export function kafkaConnectorWire(answer: unknown, name: string): KafkaConnectorWire {
  const decoded = decodeValue(KafkaConnectorWire, answer, name);
  if (!decoded.ok) throw decoded.problem;
  return decoded.value;
}
