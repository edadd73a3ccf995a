import { isTerminal, type Run, type Step, type StepRecord } from '#libs/domain';
import { holdsUp, isUnderWay } from './progress.js';
import { runAfter } from './run-machine.js';

/** What a person did to a run: what has to be written of it. */
export interface Intervention {
  readonly run: Run;
  readonly changed: readonly StepRecord[];
  readonly rule: string;
}

/** Why a step cannot be skipped, and the way forward. */
export interface Refusal {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Tries again what a run in `needs-human` stopped at: the steps of its stage that hold it up are planned anew, with all
 * their attempts. Undefined when the run does not wait for a person. Pure.
 */
export function retryStage(run: Run, records: readonly StepRecord[]): Intervention | undefined {
  if (run.phase !== 'needs-human') return undefined;
  const held = records.filter((record) => isUnderWay(run, record) && holdsUp(record));
  return { ...goingOn(run), changed: held.map(plannedAnew) };
}

/** Takes a step out of a run on a person's word, or says why that cannot be. The run goes on if it waited. Pure. */
export function skipStep(
  run: Run,
  records: readonly StepRecord[],
  name: string,
  because: { readonly by: string; readonly reason: string },
): Intervention | Refusal {
  const record = records.find((each) => each.name === name);
  const refusal = record ? notSkippable(run, record) : unknownStep(run, records, name);
  if (refusal || !record) return refusal ?? unknownStep(run, records, name);
  const problem = `skipped by ${because.by}: ${because.reason}`;
  const skipped: StepRecord = { ...record, status: 'skipped', problem };
  const { rule } = runAfter('step-skipped', run);
  return { run: run.phase === 'needs-human' ? goingOn(run).run : run, changed: [skipped], rule };
}

/** The steps of a run that a person may take out of it now. */
export const skippable = (run: Run, records: readonly StepRecord[]): readonly string[] =>
  records.filter((record) => !notSkippable(run, record)).map(({ name }) => name);

export const isRefusal = (outcome: Intervention | Refusal): outcome is Refusal => 'message' in outcome;

function notSkippable(run: Run, record: StepRecord): Refusal | undefined {
  const { name, fences } = record;
  const waiting = `See what the run waits for: signalbox run ${run.id}`;
  if (isTerminal(run.phase)) return { message: `The run is closed: ${run.phase}.`, remedy: waiting };
  if (!stepsInForce(run).some((step) => step.name === name)) {
    return { message: `${name} is over: the run is being taken back.`, remedy: waiting };
  }
  if (record.status === 'done' || record.status === 'skipped') {
    return { message: `${name} is ${record.status} already.`, remedy: waiting };
  }
  if (fences) {
    const remedy = `If ${fences} is off, attest that instead: signalbox attest ${run.plan.group} --site ${fences} --reason '<why>'`;
    return { message: `${name} keeps ${fences} from taking writes; without it two sites could.`, remedy };
  }
  return hardToMiss(run, record);
}

/** What a run cannot do without. */
function hardToMiss(
  { id, plan }: Run,
  { name, action, pointOfNoReturn, resource, desired }: Step,
): Refusal | undefined {
  if (pointOfNoReturn) {
    const message = `${name} is what the run is for: without it no site would take writes.`;
    return {
      message,
      remedy: `Take the run back instead: signalbox abort ${plan.group} --reason '<why>', or: signalbox run ${id}`,
    };
  }
  if (action === 'seal') {
    const remedy = 'It is not waited for longer than its deadline, and becomes an exception of the run.';
    return { message: `${name} refuses the late writes of older runs.`, remedy };
  }
  if (resource.kind === 'backlog' && desired === 'empty') {
    const remedy = `Take the run back: signalbox abort ${plan.group} --reason '<why>'; what may lose records is a failover`;
    return { message: `${name} is what makes a planned move lose nothing.`, remedy };
  }
  return undefined;
}

function unknownStep(run: Run, records: readonly StepRecord[], name: string): Refusal {
  const names = skippable(run, records).join(', ');
  return { message: `Run ${run.id} has no step ${name}.`, remedy: `These may be skipped: ${names || 'none'}` };
}

const stepsInForce = ({ plan, compensation }: Run): readonly Step[] => compensation?.steps ?? plan.steps;

/** The run no longer waits for a person. */
function goingOn({ problem, ...run }: Run): Pick<Intervention, 'run' | 'rule'> {
  const { phase, rule } = runAfter(whereItGoesOn(run), run);
  return { run: { ...run, phase }, rule };
}

function whereItGoesOn({ compensation, stage }: Run) {
  if (compensation) return 'undoing-goes-on';
  return stage === 0 ? 'sealing-goes-on' : 'goes-on';
}

/** `startedAt` stays: the step may have happened. */
function plannedAnew(record: StepRecord): StepRecord {
  const { verifiedBy, takenBy, problem, finishedAt, ...step } = record;
  return { ...step, status: 'planned', attempt: 0 };
}
