import { isSettled, type Epoch, type Run, type Step, type StepRecord } from '#libs/domain';
import { mayHaveHappened } from './progress.js';
import { runAfter } from './run-machine.js';

export interface Compensated {
  readonly run: Run;
  readonly rule: string;
  /** The steps of the compensation, all planned. */
  readonly planned: readonly StepRecord[];
  /** Steps that were under way: nobody may report them any more. */
  readonly ended: readonly StepRecord[];
}

/**
 * Takes a run back, before its point of no return: under a new epoch every resource is sealed again, so that a step that
 * is still under way is refused, and then whatever may have happened is undone, last one first. What cannot be undone
 * now is an exception: the guards assert the journal's order by themselves. Pure.
 */
export function compensate(
  run: Run,
  records: readonly StepRecord[],
  epoch: Epoch,
  because: { readonly by: string; readonly reason: string },
): Compensated {
  const firstStage = 1 + Math.max(...run.plan.steps.map(({ stage }) => stage));
  const seals = run.plan.steps.filter(({ action }) => action === 'seal').map((step) => again(step, firstStage));
  const undone = records.filter((record) => record.undo !== undefined && mayHaveHappened(record));
  const stages = [...new Set(undone.map(({ stage }) => stage))].toSorted((a, b) => b - a);
  const undoing = undone.map((step) => inverse(step, firstStage + 1 + stages.indexOf(step.stage)));
  const steps = [...seals, ...undoing];
  const { problem, ...rest } = run;
  const { phase, rule } = runAfter('taken-back', run);
  return {
    rule,
    run: {
      ...rest,
      epoch,
      phase,
      stage: firstStage,
      exceptions: [],
      compensation: { ...because, steps },
    },
    planned: steps.map((step) => ({ ...step, run: run.id, epoch, status: 'planned', attempt: 0 })),
    ended: records
      .filter(({ status }) => status !== 'planned' && !isSettled(status))
      .map((record) => ({ ...record, status: 'unknown', problem: 'the run was taken back before this was reported' })),
  };
}

const again = (step: Step, stage: number): Step => ({ ...withoutPlace(step), name: `re${step.name}`, stage });

const inverse = (step: Step, stage: number): Step => {
  const { undo, waitOut, fences, pointOfNoReturn, ...rest } = withoutPlace(step);
  return { ...rest, name: `undo-${step.name}`, stage, desired: undo ?? null, mayFail: true };
};

/** A record's step alone, without what became of it and without the stage that waited for it. */
const withoutPlace = (step: Step): Step => {
  const { neededBy, ...rest } = step;
  const planned = rest as Partial<StepRecord> & Step;
  const { run, epoch, status, attempt, takenBy, startedAt, finishedAt, verifiedBy, problem, ...pure } = planned;
  return pure;
};
