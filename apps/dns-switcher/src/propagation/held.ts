import { messageOf, type Epoch, type NameTarget, type SignalboxError } from '#libs/domain';
import { DnsForeignRecordError } from '../errors.js';
import { hasSameSets, type SeenName } from '../name-change.js';
import { answersShow, targetOf } from '../target-sets.js';
import type { NameTracker } from './name-tracker.js';

/** What a provider holds for a name. */
export type Held =
  | { readonly target: NameTarget; readonly epoch: Epoch }
  | { readonly problem: string; readonly isForeign: boolean }
  /** Its servers do not agree, or not yet. */
  | { readonly isSpreading: true };

/** What one authoritative server said of a name. */
export interface ServerAnswer {
  readonly seen?: SeenName;
  readonly problem?: SignalboxError;
}

export const SPREADING: Held = { isSpreading: true };

/**
 * What the provider must hold, from what its servers answer: only where all that answer agree, and none is on its way to
 * a change of ours. Where the provider chooses between answers, each of them is the present value. Pure.
 */
export function heldByServers(answers: readonly ServerAnswer[], tracker: NameTracker): Held {
  const seen = answers.flatMap((answer) => answer.seen ?? []);
  const [first] = seen;
  if (!first) return unread(answers.flatMap(({ problem }) => problem ?? []));
  const { name, shape, current } = tracker;
  if (current === undefined || tracker.spreading().unseen.length > 0) return SPREADING;
  if (seen.some(({ stamp }) => stamp.epoch !== first.stamp.epoch)) return SPREADING;
  const { epoch } = first.stamp;
  if (seen.every(({ sets }) => answersShow(name, sets, current, shape))) return { target: current, epoch };
  if (!seen.every(({ sets }) => hasSameSets(sets, first.sets))) return SPREADING;
  return { target: targetOf(name, first.sets, shape), epoch };
}

const unread = (problems: readonly SignalboxError[]): Held => {
  const foreign = problems.find((problem) => problem instanceof DnsForeignRecordError);
  const problem = foreign ?? problems[0];
  const text = problem ? messageOf(problem) : 'no authoritative server is known';
  return { problem: text, isForeign: foreign !== undefined };
};
