import { hashOf, type RescueAnswer, type RescueBody } from '#libs/contracts';
import {
  approvalAfter,
  assess,
  decide,
  rescuePlan,
  runAfter,
  type Assessment,
  type Attestation,
  type GroupEvent,
} from '#libs/decision';
import { instant, isSettled, type Json, type SiteId, type StepRecord } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { recordDecision } from '../group/decision-record.js';
import type { KnownGroup } from '../group/group-directory.js';
import type { GroupTransaction } from '../group/group-transaction.js';
import type { GroupView } from '../group/group-view.js';
import { hasRun } from '../run/run-driver.js';
import { commands } from './commands.js';
import { actorOf, type Occasion, type Operation } from './operation.js';
import { knownSite } from './refusals.js';

/** What a survey came to, and the hash that binds a rescue to exactly that. Pure. */
export function findingsOfSurvey(
  { settings: { shape } }: KnownGroup,
  { state, epoch }: GroupView,
  records: readonly StepRecord[],
  active: SiteId,
): { readonly assessment: Assessment; readonly hash: string } {
  const assessment = assess(active, { shape, state, epoch, records });
  return { assessment, hash: hashOf(assessment as unknown as Json) };
}

/**
 * Makes the journal and the resources one again, on a person's word: a new epoch above all that was ever stamped, the
 * site that serves, the end of every run and question that the journal still had open, and a run that stamps and sets it
 * all. One transaction.
 */
export const rescue =
  ({ active, attest, confirm }: RescueBody, surveyed: readonly StepRecord[]): Operation<RescueAnswer> =>
  (occasion) => {
    const { group, view, at, caller, fresh } = occasion;
    const site = knownSite(group, active);
    const { assessment, hash } = findingsOfSurvey(group, view, surveyed, site);
    if (confirm !== hash) throw otherFindings(occasion, site);
    assertReachable(assessment, occasion);
    const { shape, policy } = group.settings;
    const { standing, isBehind, next } = assessment;
    const plan = rescuePlan({ shape, policy, active: site, standing });
    const event: GroupEvent = {
      kind: 'rescued',
      at,
      by: caller.name,
      plan,
      sites: shape.sites,
      standing,
      isBehind,
      fresh,
    };
    const decision = decide(view.state, event, group.settings);
    const said = { attest, hold: view.hold ?? null, found: assessment as unknown as Json };
    const answer = {
      group: group.id,
      run: fresh.run,
      active: site,
      epoch: next,
      plan,
      planHash: hashOf(plan),
      next: [commands.run(fresh.run), commands.explain(group.id)],
    };
    return {
      answer,
      write: (transaction) => {
        abandon(view, transaction, occasion);
        endSurvey(surveyed, transaction);
        transaction.hold(undefined).attestations(attested(assessment, occasion, attest));
        const cause = { actor: actorOf(occasion), settings: group.settings, said, epoch: next };
        recordDecision(transaction, view, event, decision, cause);
      },
    };
  };

/** A person's word stands in for what nobody could read. */
function attested({ unread }: Assessment, { caller, at, group }: Occasion, reason: string): Attestation[] {
  const until = instant(at + group.settings.policy.approvalTtlMs);
  return unread.map((site) => ({ site, by: caller.name, reason, until }));
}

/** Nothing that the journal had open goes on: nobody knows how far it really came. */
function abandon(view: GroupView, transaction: GroupTransaction, { at, caller }: Occasion): void {
  const problem = `abandoned by ${caller.name}: a rescue takes its place`;
  if (hasRun(view)) {
    const run = view.run.value;
    const { phase } = runAfter('abandoned', run);
    transaction.whileUnchanged(view.run.entry).run({ ...run, phase, finishedAt: at, problem });
    for (const { value, entry } of view.steps) {
      if (isSettled(value.status)) continue;
      transaction.whileUnchanged(entry).closeStep({ ...value, status: 'unknown', problem });
    }
  }
  const approval = view.approval?.value;
  const after = approval && approvalAfter('supersede', approval);
  if (after) transaction.approval({ ...approval, phase: after.phase, decidedAt: at, reason: 'the group was rescued' });
}

/** Who has not answered by now answers nobody. */
function endSurvey(surveyed: readonly StepRecord[], transaction: GroupTransaction): void {
  for (const record of surveyed) {
    if (isSettled(record.status)) continue;
    transaction.closeStep({ ...record, status: 'unreachable', problem: `nobody at ${record.runsAt} answered` });
  }
}

/** Without its guard nobody could open it, and the run would wait for ever. */
function assertReachable({ active, unread }: Assessment, { group }: Occasion): void {
  if (!unread.includes(active)) return;
  const message = `Nobody could read who may write at ${active}: the rescue could not open it.`;
  const remedy = `Start the site-guard of ${active}, then ask again: ${commands.rescue(group.id, active)}`;
  throw new ApiError(409, 'SB_RESCUE_REFUSED', message, remedy);
}

function otherFindings({ group }: Occasion, active: SiteId): ApiError {
  const message = `What was confirmed is not what ${group.id} shows now.`;
  return new ApiError(409, 'SB_RESCUE_REFUSED', message, `Look again: ${commands.rescue(group.id, active)}`);
}
