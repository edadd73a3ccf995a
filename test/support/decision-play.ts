import {
  decide,
  initialGroupState,
  type Decision,
  type Findings,
  type GroupEvent,
  type GroupState,
  type RequestKind,
  type Settings,
} from '#libs/decision';
import { approvalId, groupId, instant, runId, siteId, type ReturningSite } from '#libs/domain';
import { evidence, SETTINGS } from './decision-facts.js';
import { QUARANTINED } from './quarantined.js';

export const [a, b] = [siteId('a'), siteId('b')];
/** What the tests of the core ask it, at a group that is at home or away from it. */
export const fresh = { run: runId('run-2'), approval: approvalId('approval-2') };
export const home = initialGroupState(groupId('orders'), a);
export const away = (site: Partial<ReturningSite>): GroupState => ({
  ...home,
  active: b,
  returning: { a: { ...QUARANTINED, ...site } },
  lastRunEndedAt: instant(0),
});
/** Long after the last run, in milliseconds. */
export const AT = 10_000_000;

export const seen = (state: GroupState, facts = evidence(state.active as 'b'), at = AT, by = SETTINGS): Decision =>
  decide(state, { kind: 'evaluated', at: instant(at), evidence: facts, fresh }, by);
export const ask = (
  state: GroupState,
  kind: RequestKind,
  to?: string,
  facts = evidence(state.active as 'b'),
  by = SETTINGS,
) => {
  const request = { kind, by: 'alice', ...(to !== undefined && { to: siteId(to) }) };
  return decide(state, { kind: 'requested', at: instant(AT), request, evidence: facts, fresh }, by);
};
export const approve = (state: GroupState, facts = evidence(state.active as 'b'), by = SETTINGS): Decision => {
  const event: GroupEvent = { kind: 'approved', at: instant(AT), approval: fresh.approval, evidence: facts, fresh };
  return decide(state, event, by);
};
export const close = (state: GroupState, findings: Partial<Findings> = {}, at = AT): GroupState => {
  const event = { at: instant(at), run: fresh.run, findings: { outcome: 'completed', ...findings } } as const;
  return decide(state, { kind: 'run-closed', ...event }, SETTINGS).state;
};
export const names = ({ vetoes }: Decision) => vetoes.map(({ name }) => name);
export const inPolicy = (policy: Partial<Settings['policy']>): Settings => ({
  ...SETTINGS,
  policy: { ...SETTINGS.policy, ...policy },
});
