import type { Evaluation, GroupEvent, Settings } from './decision.js';
import type { GroupState } from './group-state.js';
import type { Row } from './machine.js';
import { settledOf, type Next } from './moving.js';
import type { Input, Place, Seen } from './perceive.js';

/** One cell of the table, with everything that its rule may look at. */
export interface Case<State = GroupState, Event = GroupEvent, Found = Seen> {
  readonly state: State;
  readonly event: Event;
  readonly seen: Found;
  readonly settings: Settings;
}

/** What a rule may look at in these phases, on these inputs. */
export type CaseOf<P extends Place, I extends Input> = Case<StateAt<P>, EventOf<I>, SeenAs<I>>;

type StateAt<P extends Place> = P extends 'request-pending'
  ? Extract<GroupState, { phase: 'awaiting-approval' }>
  : Extract<GroupState, { phase: P }>;
type SeenAs<I extends Input> = Seen extends infer S
  ? S extends { input: infer K }
    ? [Extract<K, I>] extends [never]
      ? never
      : S
    : never
  : never;
type EventOf<I extends Input> = I extends 'released' | 'rescued'
  ? Extract<GroupEvent, { kind: I }>
  : I extends 'run-completed' | 'run-aborted' | 'another-run-closed'
    ? Extract<GroupEvent, { kind: 'run-closed' }>
    : I extends 'denied' | 'cancelled' | 'answered-another'
      ? Extract<GroupEvent, { kind: 'denied' | 'cancelled' | 'approved' }>
      : Evaluation;

/**
 * A row of the group's table. `keeps`: of the last rule that was recorded and its vetoes, what the state goes on saying,
 * because the row is no news to a person.
 */
export interface GroupRow extends Row<Place, Input> {
  readonly keeps?: 'rule' | 'rule-and-vetoes';
  readonly leads: (at: Case) => Next;
}

/** Where nothing more needs to be known of a phase than that it is entered. */
type Plain = 'steady' | 'suspecting' | 'same';

export function row<const P extends Place, const I extends Input, const To extends Place | 'same'>(
  id: string,
  from: readonly P[],
  on: readonly I[],
  to: To,
  ...[leads]: To extends Plain ? [leads?: (at: CaseOf<P, I>) => Next] : [leads: (at: CaseOf<P, I>) => Next]
): GroupRow {
  // Erased here and nowhere else: the table looks a row up by exactly the phase and input that its rule is typed for.
  return { id, from, on, to, leads: (leads as GroupRow['leads'] | undefined) ?? plainly(to) };
}

const plainly =
  (to: Place | 'same') =>
  ({ state }: Pick<Case, 'state'>): Next => ({
    state: to === 'steady' || to === 'suspecting' ? { ...settledOf(state), phase: to } : state,
  });

/** No news to a person: the state goes on saying the rule that was recorded last. */
export const quietly = (of: GroupRow): GroupRow => ({ ...of, keeps: 'rule' });
/** Nothing at all changes: whoever caused it is told, and nobody else. */
export const silently = (of: GroupRow): GroupRow => ({ ...of, keeps: 'rule-and-vetoes' });
