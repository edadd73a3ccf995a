import type { ApiServer } from '#libs/kubernetes';
import { strimziObjectsOf, type FlowDriver } from '#libs/topology';
import type { HeldMirrorMaker } from './held-mirror-maker.js';
import { heldConnectors } from './kafka-connectors.js';
import { heldMirrorMaker2 } from './kafka-mirror-maker2.js';
import { StrimziObject } from './strimzi-object.js';

/** By which resources Strimzi's users run a direction: everything that differs between one way to do it and another. */
export interface MirrorForm {
  /** First the one with the source connector. */
  readonly objects: readonly StrimziObject[];
  /** What the API server answered for each of them, together. @throws MalformedError, EpochPoisonedError, MirrorUnpreparedError */
  readonly held: (answers: readonly unknown[]) => HeldMirrorMaker;
}

export function formOf(
  api: ApiServer,
  { namespace, ...named }: Pick<FlowDriver<'strimzi'>, 'namespace' | 'mirrorMaker' | 'connectors'>,
): MirrorForm {
  const objects = strimziObjectsOf(named).map((each) => new StrimziObject(api, namespace, each));
  const names = objects.map(({ name }) => name);
  const { connectors } = named;
  if (connectors) return { objects, held: (answers) => heldConnectors(answers, names, connectors) };
  return { objects, held: ([answer]) => heldMirrorMaker2(answer, names.join()) };
}
