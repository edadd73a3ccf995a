import { approvalRulesOf, membersOf, policyOf } from '../lookup.js';
import type { Path } from '../problem.js';
import type { Group, Topology } from '../topology.js';
import { listed, type Check, type Finding } from './finding.js';

type Rules = ReturnType<typeof approvalRulesOf>;

/** Where a rule of a group stands: with the group, or for all of them. */
const placeOf = (group: Group, at: number, rule: keyof Rules): Path =>
  group.approval[rule] === undefined ? ['approval', rule] : ['groups', at, 'approval', rule];

const NAMED = ['approvers', 'breakGlass'] as const;

const groupsExist: Check = function* ({ approval, groups }) {
  const known = Object.keys(approval.groups);
  const places = [{ at: ['approval'] as Path, rules: approval as Partial<Rules> }];
  for (const [at, group] of groups.entries()) places.push({ at: ['groups', at, 'approval'], rules: group.approval });
  for (const { at, rules } of places) yield* unknownIn(rules, at, known);
};

function* unknownIn(rules: Partial<Rules>, at: Path, known: readonly string[]): Generator<Finding> {
  for (const rule of NAMED)
    for (const [index, name] of (rules[rule] ?? []).entries()) {
      if (known.includes(name)) continue;
      const expected = `one of approval.groups: ${listed(known)}`;
      yield { at: [...at, rule, index], found: name, expected };
    }
}

/** Whoever asks may not answer: more have to be there than have to agree is said by preflight, not here. */
const enoughPeople: Check = function* (topology) {
  for (const [at, group] of topology.groups.entries()) {
    const { required, approvers } = approvalRulesOf(topology, group);
    const people = membersOf(topology, approvers);
    if (group.mode === 'observe' || required <= 1 || people.length >= required) continue;
    const who = approvers.length > 0 ? `the members of ${listed(approvers)}` : 'api.tokens of role approver or admin';
    const expected = `at most ${people.length}, which is how many ${who} are; nothing could ever be approved`;
    yield { at: placeOf(group, at, 'required'), found: String(required), expected };
  }
};

const escalatesInTime: Check = function* (topology) {
  for (const [at, group] of topology.groups.entries()) {
    const { approvalTtlMs } = policyOf(topology, group);
    const { escalateAfterMs } = approvalRulesOf(topology, group);
    for (const [index, afterMs] of escalateAfterMs.entries()) {
      const place = [...placeOf(group, at, 'escalateAfterMs'), index];
      const before = escalateAfterMs[index - 1] ?? 0;
      if (afterMs >= approvalTtlMs) {
        const expected = `less than policy.approvalTtlMs, ${approvalTtlMs}: the approval is over by then`;
        yield { at: place, found: String(afterMs), expected };
      } else if (afterMs <= before) {
        yield { at: place, found: String(afterMs), expected: `more than the one before it, ${before}` };
      }
    }
  }
};

/** The same finding once, where groups share a rule. */
const once = (check: Check): Check =>
  function* (topology: Topology) {
    const seen = new Set<string>();
    for (const finding of check(topology)) {
      const key = JSON.stringify(finding);
      if (!seen.has(key)) yield finding;
      seen.add(key);
    }
  };

export const approvalChecks: readonly Check[] = [groupsExist, once(enoughPeople), once(escalatesInTime)];
