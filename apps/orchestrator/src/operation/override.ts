import type { OverrideAnswer, OverrideBody } from '#libs/contracts';
import { VETO_KINDS, vetoKind, type Override } from '#libs/decision';
import { instant } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { commands } from './commands.js';
import { note, type Operation } from './operation.js';

/** Lifts one veto by its name, for the next run that needs it, if that begins in time. It replaces an earlier lift of the same veto; ended ones are dropped. */
export const override =
  ({ veto, reason, forMs }: OverrideBody): Operation<OverrideAnswer> =>
  (occasion) => {
    const { group, view, at, caller } = occasion;
    assertLiftable(veto);
    const lift: Override = { veto, by: caller.name, reason, until: instant(at + forMs) };
    const others = view.overrides.filter((each) => each.until > at && each.veto !== veto);
    const overrides = [...others, lift];
    return {
      answer: { group: group.id, override: lift, overrides, next: [commands.explain(group.id)] },
      write: (transaction) => note(transaction.overrides(overrides), occasion, 'override', { ...lift }),
    };
  };

function assertLiftable(veto: string): void {
  const kind = vetoKind(veto);
  const liftable = VETO_KINDS.filter(({ overridable }) => overridable).map(({ name }) => name);
  const remedy = `These can be lifted: ${liftable.join(', ')}`;
  if (!kind) throw new ApiError(400, 'SB_UNKNOWN_VETO', `No veto is called ${veto}.`, remedy);
  if (!kind.overridable) {
    throw new ApiError(409, 'SB_NOT_OVERRIDABLE', `Nobody may lift ${veto}.`, `Instead: ${kind.instead}.`);
  }
}
