import { OutcomeUnknownError, type Epoch } from '#libs/domain';
import type { EpochMarker } from '../epoch-marker.js';
import { NO_RUN, type MirrorMaker } from '../strimzi/mirror-maker.js';

/** The epoch of a flow that Strimzi runs stands at its resource, whose state is kept. */
export const stampAt = (mirrorMaker: MirrorMaker): Pick<EpochMarker, 'read' | 'stamp'> => ({
  read: async (signal) => (await mirrorMaker.read(signal)).epoch,
  stamp: (next, seen, signal) => stamp(mirrorMaker, next, seen, signal),
});

async function stamp(mirrorMaker: MirrorMaker, next: Epoch, seen: Epoch, signal: AbortSignal): Promise<boolean> {
  // The operator writes its status in between: that is no change of what was seen.
  while (!signal.aborted) {
    const held = await mirrorMaker.read(signal);
    if (held.epoch !== seen || held.epoch > next) return false;
    const outcome = await mirrorMaker.write(held, { epoch: next, cause: NO_RUN }, signal);
    if (outcome === 'unknown') throw new OutcomeUnknownError(`${mirrorMaker.name} gave no answer to a stamp.`);
    if (outcome === 'written') return true;
  }
  return false;
}
