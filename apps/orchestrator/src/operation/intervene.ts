import type { ReasonBody, RunChangeAnswer, SkipBody } from '#libs/contracts';
import { isRefusal, retryStage, skipStep, type Intervention } from '#libs/decision';
import type { Json, RunId } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { recordsOf, type RunningView } from '../run/run-driver.js';
import { commands } from './commands.js';
import { actorOf, type Change, type Occasion, type Operation } from './operation.js';
import { openRun } from './refusals.js';

/** Tries again what a run stopped at. */
export const retryRun =
  (id: RunId, { reason }: ReasonBody): Operation<RunChangeAnswer> =>
  (occasion) => {
    const view = openRun(occasion, id);
    const retried = retryStage(view.run.value, recordsOf(view));
    if (retried) return intervened(view, retried, occasion, { run: id, reason });
    const message = `Run ${id} is ${view.run.value.phase}: it tries by itself.`;
    throw new ApiError(409, 'SB_RUN_NOT_WAITING', message, `Follow it: ${commands.run(id)}`);
  };

/** Takes a step out of the run. */
export const skip =
  (id: RunId, { step, reason }: SkipBody): Operation<RunChangeAnswer> =>
  (occasion) => {
    const view = openRun(occasion, id);
    const outcome = skipStep(view.run.value, recordsOf(view), step, { by: occasion.caller.name, reason });
    if (!isRefusal(outcome)) return intervened(view, outcome, occasion, { run: id, step, reason });
    throw new ApiError(409, 'SB_STEP_NOT_SKIPPABLE', outcome.message, outcome.remedy);
  };

function intervened(
  view: RunningView,
  { run, changed, rule }: Intervention,
  occasion: Occasion,
  evidence: Json,
): Change<RunChangeAnswer> {
  const names = changed.map(({ name }) => name);
  const before = view.run.value;
  const entries = view.steps.filter(({ value }) => names.includes(value.name)).map(({ entry }) => entry);
  const answer = {
    group: occasion.group.id,
    run: run.id,
    phase: run.phase,
    steps: names,
    next: [commands.run(run.id)],
  };
  return {
    answer,
    write: (transaction) => {
      transaction.run(run).whileUnchanged(view.run.entry, ...entries);
      for (const record of changed) transaction.closeStep(record);
      transaction.audit({
        at: occasion.at,
        actor: actorOf(occasion),
        rule,
        before: `${before.phase}/${before.stage}`,
        after: `${run.phase}/${run.stage}`,
        epoch: view.epoch,
        evidence,
      });
    },
  };
}
