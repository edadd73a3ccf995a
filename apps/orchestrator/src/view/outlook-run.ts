import { holdsUp, isPastNoReturn, isUnderWay, skippable } from '#libs/decision';
import { isSettled, type Run, type StepRecord } from '#libs/domain';
import { commands } from '../operation/commands.js';
import { whenText, type Outlook, type Prospect } from './prospect.js';

/** Where an open run stands, what holds it, and what a person may do about it. */
export function runOutlook({ state, run, steps, evidence, at }: Prospect): Outlook {
  if (!run) return { waitsFor: [], next: [commands.status] };
  const { group } = state;
  const { freeze } = evidence;
  const isFrozen = freeze !== undefined && freeze.until > at;
  const goesForward = run.plan.kind === 'rescue' || isPastNoReturn(steps);
  const abort = run.compensation || goesForward ? [] : [commands.abort(group)];
  if (run.phase === 'needs-human') {
    return {
      waitsFor: [`${run.plan.kind} ${run.id} waits for a person: ${run.problem ?? ''}`],
      next: [...waysOut(run, steps), ...abort],
    };
  }
  if (isFrozen && !run.compensation) {
    const held = `${run.plan.kind} ${run.id} is held: frozen by ${freeze.by} until ${whenText(freeze.until)} (${freeze.reason}); ${whoIsFenced(steps)}; what has begun is finished, nothing new begins`;
    return { waitsFor: [held], next: [commands.unfreeze(group), ...abort] };
  }
  return { waitsFor: [standsAt(run, steps)], next: [commands.run(run.id), ...abort] };
}

function standsAt(run: Run, steps: readonly StepRecord[]): string {
  const { plan, compensation, phase, stage } = run;
  const last = Math.max(...steps.map((step) => step.stage));
  const waiting = steps.filter((step) => isUnderWay(run, step) && !isSettled(step.status));
  const names = waiting.map(({ name, runsAt, status }) => `${name} at ${runsAt} (${status})`);
  const waits = names.length > 0 ? `waits for ${names.join(', ')}` : 'goes on with its next stage';
  const what = compensation
    ? `is taken back by ${compensation.by} (${compensation.reason})`
    : `is ${phase}, stage ${stage} of ${last}`;
  return `${plan.kind} ${run.id} to ${plan.to} ${what}: ${waits}`;
}

/** For each step that holds the run up: skip it, or attest; and trying again is always one. */
function waysOut(run: Run, steps: readonly StepRecord[]): readonly string[] {
  const held = steps.filter((step) => isUnderWay(run, step) && holdsUp(step));
  const may = skippable(run, steps);
  return [
    commands.retry(run.id),
    ...held.flatMap(({ name, fences }) => {
      if (fences) return [commands.attest(run.plan.group, fences)];
      return may.includes(name) ? [commands.skip(run.id, name)] : [];
    }),
  ];
}

function whoIsFenced(steps: readonly StepRecord[]): string {
  const fences = steps.filter(({ fences }) => fences !== undefined);
  const done = fences.filter(({ status }) => status === 'done');
  if (done.length > 0) return done.map(({ fences }) => `${fences} takes no writes`).join(', ');
  return fences.map(({ fences }) => `${fences} is not fenced yet`).join(', ') || 'no site is fenced';
}
