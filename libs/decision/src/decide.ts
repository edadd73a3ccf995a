import type { Decision, GroupEvent, Settings } from './decision.js';
import { GROUP } from './group-machine.js';
import type { GroupState } from './group-state.js';
import { rowsOf } from './machine.js';
import { perceive, placeOf, type Seen } from './perceive.js';

const rowAt = rowsOf(GROUP);

/**
 * Pure: no clock, no randomness, no I/O. The same inputs give the same decision for ever. What the event means is found
 * out first; the group's table then says what follows, and the row that did stands in the decision as its rule.
 */
export function decide(state: GroupState, event: GroupEvent, settings: Settings): Decision {
  const seen = perceive(state, event, settings);
  const row = rowAt(placeOf(state), seen.input);
  if (!row) return { state, effects: [], rule: state.rule, vetoes: [] };
  const next = row.leads({ state, event, seen, settings });
  const rule = row.id.replace('*', detailOf(seen));
  const vetoes = next.vetoes ?? ('vetoes' in seen ? seen.vetoes : []);
  const said = {
    rule: row.keeps === undefined ? rule : state.rule,
    vetoes: row.keeps === 'rule-and-vetoes' ? state.vetoes : vetoes.map(({ name }) => name),
  };
  return { state: { ...next.state, ...said }, effects: next.effects ?? [], rule, vetoes };
}

/** What a row that stands for several leaves open. */
function detailOf(seen: Seen): string {
  if ('kind' in seen) return seen.kind;
  if ('plan' in seen) return seen.plan.kind;
  return 'rule' in seen ? seen.rule : '';
}
