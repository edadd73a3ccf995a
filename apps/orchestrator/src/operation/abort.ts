import type { ReasonBody, RunChangeAnswer } from '#libs/contracts';
import { compensate, isPastNoReturn } from '#libs/decision';
import { epoch, type RunId } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { recordsOf, takeBack, type RunningView } from '../run/run-driver.js';
import { commands } from './commands.js';
import { actorOf, type Operation } from './operation.js';
import { openRun } from './refusals.js';

/** Takes the open run back, as long as its point of no return has not begun. Asked again, it is the same answer. */
export const abortRun =
  ({ reason }: ReasonBody, run?: RunId): Operation<RunChangeAnswer> =>
  (occasion) => {
    const { group, at, caller } = occasion;
    const view = openRun(occasion, run);
    const { id, compensation } = view.run.value;
    const answer = { group: group.id, run: id, phase: 'compensating', next: [commands.run(id)] } as const;
    if (compensation) return { answer: { ...answer, steps: compensation.steps.map(({ name }) => name) } };
    if (view.run.value.plan.kind === 'rescue') throw rescueGoesForward(view);
    if (isPastNoReturn(recordsOf(view))) throw pastNoReturn(view);
    const because = { by: caller.name, reason };
    const { planned } = compensate(view.run.value, recordsOf(view), epoch(view.epoch + 1), because);
    return {
      answer: { ...answer, steps: planned.map(({ name }) => name) },
      write: (transaction) => void takeBack(view, transaction, { ...because, at, actor: actorOf(occasion) }),
    };
  };

/** What it would be taken back to is what nobody believes any more. */
function rescueGoesForward({ run, state }: RunningView): ApiError {
  const message = `Run ${run.value.id} is a rescue: there is nothing to take it back to.`;
  const remedy = `Name another active site: ${commands.rescue(state.group, '<site>')}`;
  return new ApiError(409, 'SB_PAST_NO_RETURN', message, remedy);
}

/** Says where writes go now: that is what whoever wanted to abort has to know first. */
function pastNoReturn(view: RunningView): ApiError {
  const { id, plan, phase } = view.run.value;
  const promotion = recordsOf(view).find(({ pointOfNoReturn }) => pointOfNoReturn);
  const writes =
    promotion?.status === 'done'
      ? `${plan.to} takes writes now, and ${plan.from} is fenced`
      : `${plan.to} is being opened for writes, and ${plan.from} is fenced`;
  const message = `Run ${id} is past its point of no return: ${writes}.`;
  const forward = phase === 'needs-human' ? `${commands.retry(id)}, or ${commands.run(id)}` : commands.run(id);
  const later = `once ${plan.from} is protected again: ${commands.ask('failback', plan.group)}`;
  return new ApiError(409, 'SB_PAST_NO_RETURN', message, `The way is forward: ${forward}; ${later}`);
}
