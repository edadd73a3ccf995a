import type { RunAnswer } from '#libs/contracts';
import type { RequestKind } from '#libs/decision';
import { isTerminal, type Approval, type AuditEntry, type Instant, type Run, type RunId } from '#libs/domain';
import { DemoError } from './demo-error.js';
import { commandLine, signalbox, type CliAccess } from './signalbox-cli.js';
import type { Stage } from './stage.js';
import { waitFor } from './steady.js';

const ACCEPTED_WITHIN_MS = 120_000;
const ANSWERED_WITHIN_MS = 60_000;
/** Two tries of every step, and a process that is killed and comes back on the way. */
const CLOSED_WITHIN_MS = 180_000;

/** How often somebody asks before it is a failure. */
const ATTEMPTS = 3;

type Question = Pick<Stage, 'api' | 'group'>;

/** What came of a request: a run, or the question that has to be answered first. */
export interface Accepted {
  readonly askedAt: Instant;
  readonly run?: Run;
  readonly approval?: Approval;
}

/** Types a command as somebody, and shows what was typed and what came of it. */
export const type = async (stage: Stage, who: CliAccess, ...args: readonly string[]): Promise<string> => {
  const said = await signalbox(who, ...args);
  stage.timeline.quote(commandLine(...args), said, stage.clock.now());
  return said;
};

/**
 * Asks for a run with the operator's command line until it is accepted: a refusal names what is in the way, and that may
 * pass. An answer that got lost is no reason to ask twice.
 */
export const request = (stage: Stage, kind: RequestKind, ...options: readonly string[]): Promise<Accepted> => {
  const { operator, group, clock } = stage;
  const askedAt = clock.now();
  return waitFor(`accepted ${kind}`, { clock, withinMs: ACCEPTED_WITHIN_MS }, async () => {
    const before = await acceptedSince(stage, kind, askedAt);
    if (before) return before;
    await type(stage, operator, kind, group, ...options);
    return acceptedSince(stage, kind, askedAt);
  });
};

const acceptedSince = async (
  { api, group }: Question,
  kind: RequestKind,
  askedAt: Instant,
): Promise<Accepted | undefined> => {
  const [runs, approvals] = await Promise.all([
    api.get<readonly Run[]>('/runs'),
    api.get<readonly Approval[]>('/approvals'),
  ]);
  const run = runs.find(({ plan, startedAt }) => plan.group === group && plan.kind === kind && startedAt >= askedAt);
  if (run) return { askedAt, run };
  const approval = approvals.find((each) => each.group === group && each.kind === kind && each.requestedAt >= askedAt);
  return approval && { askedAt, approval };
};

/** Something has changed meanwhile, so that what was asked for is no longer what would be done. */
class SupersededError extends DemoError {}

/** The second person says yes. */
export const approve = (stage: Stage, { id }: Approval): Promise<Approval> =>
  waitFor(`approval of ${id}`, { clock: stage.clock, withinMs: ANSWERED_WITHIN_MS }, async () => {
    const { phase } = await approvalNamed(stage, id);
    if (phase === 'pending') await type(stage, stage.approver, 'approve', id, '--reason', 'demo');
    const answered = await approvalNamed(stage, id);
    if (answered.phase === 'granted') return answered;
    if (answered.phase === 'superseded') throw new SupersededError(`approval ${id} is superseded`);
    throw new DemoError(`approval ${id} is ${answered.phase}`);
  });

const approvalNamed = async ({ api }: Question, id: string): Promise<Approval> => {
  const approval = (await api.get<readonly Approval[]>('/approvals')).find((each) => each.id === id);
  if (approval) return approval;
  throw new Error(`no orchestrator knows approval ${id}`);
};

/** The run of a kind that was started since, when it is closed; undefined when it was approved and could not start. */
export const closedRun = (stage: Stage, kind: RequestKind, since: Instant): Promise<RunAnswer | undefined> =>
  waitFor(`closed ${kind}`, { clock: stage.clock, withinMs: CLOSED_WITHIN_MS }, async () => {
    const run = (await acceptedSince(stage, kind, since))?.run;
    if (run?.phase === 'needs-human') throw new DemoError(`${kind} ${run.id} needs a person: ${run.problem ?? ''}`);
    if (!run && (await wasVetoed(stage, since))) return { ended: undefined };
    if (!run || !isTerminal(run.phase)) throw new Error(run ? `${run.id} is ${run.phase}` : 'there is no run');
    return { ended: await runNamed(stage, run.id) };
  }).then(({ ended }) => ended);

const wasVetoed = async ({ api, group }: Question, since: Instant): Promise<boolean> =>
  (await api.get<readonly AuditEntry[]>(`/groups/${group}/audit`)).some(
    ({ at, rule }) => at >= since && rule === 'approved-but-vetoed',
  );

/** A run that people asked for and that did what it is for. */
export interface Completed extends RunAnswer {
  /** When it was asked for, the time that it was done. */
  readonly askedAt: Instant;
  readonly approval?: Approval;
  readonly asked: number;
}

/**
 * Asks for a run, has it approved where it must be, and waits for its end. When nothing came of it, or it was taken
 * back, somebody asks again: neither loses anything, and what was in the way may have passed.
 */
export const completed = async (stage: Stage, kind: RequestKind, ...options: readonly string[]): Promise<Completed> => {
  for (let asked = 1; ; asked += 1) {
    const accepted = await request(stage, kind, ...options);
    const came = await whatCameOf(stage, kind, accepted);
    if (typeof came !== 'string') return { ...came, askedAt: accepted.askedAt, asked };
    if (asked === ATTEMPTS) throw new DemoError(`the ${kind} ${came}`);
    stage.timeline.tell('again', `the ${kind} ${came}`, stage.clock.now());
  }
};

/** Or why nothing did, in words. */
async function whatCameOf(
  stage: Stage,
  kind: RequestKind,
  { askedAt, approval: asked }: Accepted,
): Promise<Pick<Completed, 'run' | 'steps' | 'approval'> | string> {
  try {
    const approval = asked && (await approve(stage, asked));
    const closed = await closedRun(stage, kind, askedAt);
    if (!closed) return 'was approved, and then something stood in its way';
    if (closed.run.phase === 'aborted') return `was taken back: ${describeAbort(closed)}`;
    return { ...closed, ...(approval && { approval }) };
  } catch (error) {
    if (error instanceof SupersededError) return `was not approved in time: ${error.message}`;
    throw error;
  }
}

const describeAbort = ({ run, steps }: RunAnswer): string => {
  const failed = steps.filter(({ status }) => status !== 'done' && status !== 'planned');
  const problems = failed.map(({ name, status, problem }) => `${name} ${status}${problem ? ` (${problem})` : ''}`);
  return [run.compensation?.reason ?? 'nobody says why', ...problems].join('; ');
};

export const runNamed = ({ api }: Pick<Stage, 'api'>, id: RunId): Promise<RunAnswer> =>
  api.get<RunAnswer>(`/runs/${id}`);
