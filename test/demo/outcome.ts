import type { RunAnswer, StatusAnswer } from '#libs/contracts';
import {
  isPending,
  isTerminal,
  type Approval,
  type AuditEntry,
  type Instant,
  type Run,
  type Verdict,
} from '#libs/domain';
import { DemoError } from './demo-error.js';
import { firstServed } from './ledger.js';
import type { FailoverRecord } from './report.js';
import { commandLine, signalbox } from './signalbox-cli.js';
import type { Stage } from './stage.js';
import { waitFor } from './steady.js';

/** On top of what the policy says a thing may take. */
const SLACK_MS = 60_000;
/** Produced and consumed at B before service counts as back for good. */
const ENOUGH_RECORDS = 100;

/** How long nobody answers, to show that it waits. */
const UNANSWERED_MS = 2_000;

/** Shows what a person would be asked, and answers with the real command line. */
export const answerApproval = async (stage: Stage): Promise<void> => {
  const { api, approver, timeline, clock, policy } = stage;
  const open = async () => (await api.get<readonly Approval[]>('/approvals')).find(isPending);
  const approval = await waitFor('an open approval', limits(stage, policy.dwellLongMs), open);
  timeline.tell('waits', `nothing moves until somebody types: ${commandLine('approve', approval.id)}`, clock.now());
  await clock.sleep(UNANSWERED_MS);
  const [run] = await runsSince(stage, approval.requestedAt);
  if (run) throw new DemoError(`run ${run.id} was started before anybody approved`);
  const said = await signalbox(approver, 'approve', approval.id, '--reason', 'demo');
  timeline.tell('person', said.split('\n')[0] ?? '', clock.now());
};

/** Until the run is closed, and the application has worked at B for a while. */
export const awaitFailover = async (stage: Stage, faultAt: Instant): Promise<FailoverRecord> => {
  const { api, clients, clock, policy, timeline } = stage;
  const { dwellLongMs, selfFenceMs, fenceMarginMs, runBudgetMs, clientBudgetMs } = policy;
  const runMs = dwellLongMs + 1.1 * selfFenceMs + fenceMarginMs + runBudgetMs;
  const run = await waitFor('a finished run', limits(stage, runMs), () => finishedRun(stage, faultAt));
  const served = await waitFor('the application at B', limits(stage, clientBudgetMs), () => {
    const { acknowledged, consumed } = clients.ledger;
    const enough = [acknowledged, consumed].every(
      (records) => records.filter(({ site }) => site === 'b').length >= ENOUGH_RECORDS,
    );
    return Promise.resolve(enough ? firstServed(clients.ledger, 'b') : undefined);
  });
  timeline.tell('client', `${served.id} is the first record that was produced and consumed at B`, served.consumedAt);
  timeline.tell('end', `${ENOUGH_RECORDS} records later all is well`, clock.now());
  const decision = await lastDecision(stage, faultAt, /^start-.*failover$/);
  const verdict = decision && verdictIn(decision, stage.cluster);
  if (!decision || !verdict) throw new DemoError(`the audit does not say why run ${run.id} was started`);
  return { ...(await api.get<RunAnswer>(`/runs/${run.id}`)), decision, verdict, served };
};

const finishedRun = async (stage: Stage, faultAt: Instant): Promise<Run | undefined> => {
  const [run] = await runsSince(stage, faultAt);
  if (run?.phase === 'needs-human') throw new DemoError(`run ${run.id} needs a person: ${run.problem ?? ''}`);
  return run && isTerminal(run.phase) ? run : undefined;
};

export interface QuietRecord {
  readonly verdict: Verdict;
  readonly recorded: boolean;
  readonly rule: string;
  readonly decidedAt?: Instant;
}

/** Long enough that an automatic failover would have been decided, and begun, twice over. */
export const observationMs = ({ policy }: Stage): number =>
  2 * (policy.downAfterRounds * policy.roundMs + policy.dwellLongMs);

/** For the stated time; then what was concluded, and that nothing was started. */
export const awaitNothing = async (stage: Stage, faultAt: Instant): Promise<QuietRecord> => {
  const { api, clock, cluster } = stage;
  await clock.sleep(observationMs(stage));
  const status = await api.get<StatusAnswer>('/status', ({ journal }) => journal.reachable);
  const found = status.clusters.find(({ verdict }) => verdict.cluster === cluster);
  if (!found) throw new DemoError(`no orchestrator has a verdict on ${cluster}`);
  const { verdict, recorded } = found;
  if (!recorded) return { verdict, recorded, rule: verdict.rule };
  const [run] = await runsSince(stage, faultAt);
  if (run) throw new DemoError(`run ${run.id} was started, and nothing should have been`);
  const decision = await lastDecision(stage, faultAt, /./);
  return {
    verdict,
    recorded,
    rule: decision?.rule ?? verdict.rule,
    ...(decision && { decidedAt: decision.at }),
  };
};

const runsSince = async ({ api }: Stage, since: Instant): Promise<Run[]> =>
  (await api.get<readonly Run[]>('/runs')).filter(({ startedAt }) => startedAt >= since);

const lastDecision = async ({ api, group }: Stage, since: Instant, rule: RegExp): Promise<AuditEntry | undefined> =>
  (await api.get<readonly AuditEntry[]>(`/groups/${group}/audit`)).findLast(
    (entry) => entry.at >= since && rule.test(entry.rule),
  );

/** The evidence is JSON of libs/decision's `Evidence`. */
const verdictIn = ({ evidence }: AuditEntry, cluster: string): Verdict | undefined =>
  (evidence as unknown as { readonly verdicts?: readonly Verdict[] }).verdicts?.find(
    (verdict) => verdict.cluster === cluster,
  );

const limits = ({ clock }: Stage, expectedMs: number) => ({ clock, withinMs: expectedMs + SLACK_MS });
