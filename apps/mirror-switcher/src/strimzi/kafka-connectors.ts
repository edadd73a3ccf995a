import type { Json, MirrorState } from '#libs/domain';
import type { FlowDriver } from '#libs/topology';
import { MirrorUnpreparedError } from '../errors.js';
import {
  flowStatus,
  lookedAt,
  positionsOf,
  wantedOf,
  type HeldMirrorMaker,
  type HeldObject,
} from './held-mirror-maker.js';
import { kafkaConnectorWire, type KafkaConnectorWire } from './mirror-maker.wire.js';

/** What MirrorMaker takes when nothing is said. */
const DEFAULT_ALIAS = 'source';
/** Which KafkaConnect runs it; its own annotation strimzi.io/use-connector-resources makes that of KafkaConnectors. */
const CLUSTER = 'strimzi.io/cluster';

interface Seen {
  /** For messages. */
  readonly name: string;
  readonly wire: KafkaConnectorWire;
}

/**
 * A direction that is KafkaConnectors, one for each connector. As Strimzi's KafkaConnectAssemblyOperator has it from 0.44 to 1.2:
 * a connector is called at Connect as its resource is; its state is `spec.state`, and what came of it
 * `status.connectorStatus`, "as reported by the Kafka Connect REST API"; `strimzi.io/connector-offsets` alone asks for its
 * offsets, and the ConfigMaps have "a single entry called `offsets.json`" (Strimzi's proposal 76).
 * @throws MalformedError, EpochPoisonedError, MirrorUnpreparedError
 */
export function heldConnectors(
  answers: readonly unknown[],
  names: readonly string[],
  connectors: NonNullable<FlowDriver<'strimzi'>['connectors']>,
): HeldMirrorMaker {
  const seen = names.map((name, at): Seen => ({ name, wire: kafkaConnectorWire(answers[at], name) }));
  const [source, checkpoint] = seen as [Seen, Seen?];
  checkIs('MirrorSource', source);
  if (checkpoint) checkBelongs(checkpoint, source);
  const reported = ({ wire }: Seen) => wire.status?.connectorStatus;
  return {
    name: names.join(' and '),
    objects: seen.map(objectOf),
    sourceAlias: aliasOf(source),
    // Without one of its own the flow is what its source is.
    connectors: { source: connectors.source, checkpoint: connectors.checkpoint ?? connectors.source },
    positions: positionsOf(source.wire.spec, 'spec'),
    offsetsKey: 'offsets.json',
    status: flowStatus(reported(source), reported(checkpoint ?? source)),
  };
}

function objectOf({ name, wire: { metadata, spec, status } }: Seen): HeldObject {
  return {
    ...lookedAt(name, metadata, status),
    wanted: [wantedOf(spec)],
    askedOf: {},
    // The KafkaConnect says it; of one without workers the operator says NotReady.
    replicas: undefined,
    turnedTo: (state: MirrorState): Json => ({ state, pause: null }),
  };
}

/** Connect takes a class by its whole name, by its simple one, and by the simple one without Connector. */
function checkIs(kind: 'MirrorSource' | 'MirrorCheckpoint', { name, wire }: Seen): void {
  if (!new RegExp(`^(org\\.apache\\.kafka\\.connect\\.mirror\\.)?${kind}(Connector)?$`).test(wire.spec.class ?? ''))
    throw new MirrorUnpreparedError(
      name,
      `has the class ${wire.spec.class ?? 'of nothing'}, and is to be a ${kind}Connector`,
    );
  if (clusterOf({ name, wire }) === undefined)
    throw new MirrorUnpreparedError(name, `has no label ${CLUSTER}: no KafkaConnect runs it`);
}

/**
 * It is asked to list, too: only then the operator looks at it, and tells when it has. Its list needs a ConfigMap of its own,
 * since the key is the same.
 */
function checkBelongs(checkpoint: Seen, source: Seen): void {
  const { name, wire } = checkpoint;
  checkIs('MirrorCheckpoint', checkpoint);
  const differs = (what: string, own: string | undefined, other: string | undefined) => {
    if (own !== other) throw new MirrorUnpreparedError(name, `has ${what} ${own}, and ${source.name} has ${other}`);
  };
  differs(`the label ${CLUSTER}`, clusterOf(checkpoint), clusterOf(source));
  differs('source.cluster.alias', aliasOf(checkpoint), aliasOf(source));
  const { listed } = positionsOf(wire.spec, 'spec');
  const taken = positionsOf(source.wire.spec, 'spec');
  if (listed === undefined || listed === taken.listed || listed === taken.altered)
    throw new MirrorUnpreparedError(
      name,
      `says ${listed ?? 'nothing'} at spec.listOffsets.toConfigMap.name: give it a ConfigMap of its own`,
    );
}

const clusterOf = ({ wire }: Seen): string | undefined => wire.metadata.labels?.[CLUSTER];

const aliasOf = ({ wire }: Seen): string => wire.spec.config?.['source.cluster.alias'] ?? DEFAULT_ALIAS;
