import { OutcomeUnknownError, type Epoch } from '#libs/domain';
import type { EpochMarker } from '../epoch-marker.js';
import { epochOfAll } from '../strimzi/held-mirror-maker.js';
import { NO_RUN, type MirrorMaker } from '../strimzi/mirror-maker.js';

/** The epoch of a flow that Strimzi runs stands at its resource, whose state is kept. */
export const stampAt = (mirrorMaker: MirrorMaker): Pick<EpochMarker, 'read' | 'stamp'> => ({
  read: async (signal) => epochOfAll(await mirrorMaker.read(signal)),
  stamp: (next, seen, signal) => stamp(mirrorMaker, next, seen, signal),
});

async function stamp(mirrorMaker: MirrorMaker, next: Epoch, seen: Epoch, signal: AbortSignal): Promise<boolean> {
  const held = await mirrorMaker.read(signal);
  if (epochOfAll(held) !== seen) return false;
  const outcome = await mirrorMaker.write(held, { epoch: next, cause: NO_RUN }, signal);
  if (outcome === 'unknown') throw new OutcomeUnknownError(`${mirrorMaker.name} gave no answer to a stamp.`);
  return outcome === 'written';
}
