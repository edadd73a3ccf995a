import type { ApiServer } from '#libs/kubernetes';
import type { FlowDriver } from '#libs/topology';
import type { HeldMirrorMaker } from './held-mirror-maker.js';
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
  { namespace, mirrorMaker }: Pick<FlowDriver<'strimzi'>, 'namespace' | 'mirrorMaker'>,
): MirrorForm {
  const kind = { kind: 'KafkaMirrorMaker2', plural: 'kafkamirrormaker2s' };
  const object = new StrimziObject(api, kind, namespace, mirrorMaker);
  return { objects: [object], held: ([answer]) => heldMirrorMaker2(answer, object.name) };
}
