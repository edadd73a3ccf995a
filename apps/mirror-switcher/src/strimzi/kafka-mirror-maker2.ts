import type { Json, MirrorState } from '#libs/domain';
import { strimziConnectors } from '#libs/topology';
import { MirrorUnpreparedError } from '../errors.js';
import { ASKS, flowStatus, lookedAt, positionsOf, wantedOf, type HeldMirrorMaker } from './held-mirror-maker.js';
import { mirrorMakerWire, type ConnectorWire, type MirrorWire } from './mirror-maker.wire.js';

/** A direction that is one KafkaMirrorMaker2. @throws MalformedError, EpochPoisonedError, MirrorUnpreparedError */
export function heldMirrorMaker2(answer: unknown, name: string): HeldMirrorMaker {
  const { metadata, spec, status } = mirrorMakerWire(answer, name);
  const [mirror, ...more] = spec.mirrors;
  if (mirror === undefined || more.length > 0)
    throw new MirrorUnpreparedError(
      name,
      `has ${spec.mirrors.length} mirrors: give every direction a resource of its own`,
    );
  const sourceAlias = mirror.source?.alias ?? mirror.sourceCluster;
  const targetAlias = spec.target?.alias ?? mirror.targetCluster ?? spec.connectCluster;
  if (!sourceAlias || !targetAlias) throw new MirrorUnpreparedError(name, 'does not say the aliases of its clusters');
  const { sourceConnector: source, checkpointConnector: checkpoint } = mirror;
  if (!source) throw new MirrorUnpreparedError(name, 'has no sourceConnector');
  const connectors = strimziConnectors(sourceAlias, targetAlias);
  const reported = (connector: string) => status?.connectors?.find((each) => each.name === connector);
  const object = {
    ...lookedAt(name, metadata, status),
    wanted: [source, checkpoint].flatMap((each) => (each ? [wantedOf(each)] : [])),
    askedOf: { [ASKS.connector]: connectors.source },
    replicas: spec.replicas ?? undefined,
    turnedTo: (state: MirrorState): Json => ({ mirrors: [turned(mirror, state)] }),
  };
  return {
    name,
    objects: [object],
    sourceAlias,
    connectors,
    positions: positionsOf(source, 'sourceConnector'),
    offsetsKey: `${connectors.source.replace('->', '--')}.json`,
    // Without one of its own the flow is what its source is.
    status: flowStatus(reported(connectors.source), reported(checkpoint ? connectors.checkpoint : connectors.source)),
  };
}

/** The list of mirrors is replaced as a whole by a merge patch: the mirror with another state, and all else as it was. */
function turned(mirror: MirrorWire, state: MirrorState): Json {
  const stated = ({ pause: _, ...connector }: ConnectorWire): Json => ({ ...(connector as object), state });
  const { sourceConnector, checkpointConnector, ...rest } = mirror;
  return {
    ...(rest as object),
    ...(sourceConnector && { sourceConnector: stated(sourceConnector) }),
    ...(checkpointConnector && { checkpointConnector: stated(checkpointConnector) }),
  };
}
