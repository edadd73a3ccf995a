import { hashOf, type SurveyAnswer, type SurveyBody } from '#libs/contracts';
import { surveyPlan } from '#libs/decision';
import type { Run, StepRecord } from '#libs/domain';
import { commands } from './commands.js';
import { note, type Operation } from './operation.js';
import { knownSite } from './refusals.js';

/** How long until whoever asked should have all answers: a worker may have to look by itself first. */
const ANSWERED_WITHIN_MS = 5_000;

/**
 * Asks every worker what its resources hold, and under which epoch. Nobody drives a survey: it is closed by asking, and
 * its steps say by and by what was read. The one thing besides the rescue that is done while a group is on hold.
 */
export const survey =
  ({ active, reason }: SurveyBody): Operation<SurveyAnswer> =>
  (occasion) => {
    const { group, view, fresh, at, caller } = occasion;
    const site = knownSite(group, active);
    const plan = surveyPlan({ ...group.settings, active: site });
    const run: Run = {
      id: fresh.run,
      plan,
      planHash: hashOf(plan),
      evidenceHash: hashOf({ reason }),
      epoch: view.epoch,
      phase: 'completed',
      stage: 0,
      startedAt: at,
      finishedAt: at,
      requestedBy: caller.name,
      exceptions: [],
    };
    return {
      answer: {
        group: group.id,
        survey: run.id,
        readings: plan.steps.length,
        withinMs: ANSWERED_WITHIN_MS + group.settings.policy.stepTimeoutMs,
        next: [commands.rescue(group.id, site)],
      },
      write: (transaction) => {
        // An empty journal has none, and workers compare it.
        if (!view.epochEntry) transaction.newEpoch(view.epoch);
        transaction.run(run);
        for (const step of plan.steps) {
          const open = { run: run.id, epoch: view.epoch, status: 'open', attempt: 1, startedAt: at } as const;
          transaction.openStep({ ...step, ...open } satisfies StepRecord);
        }
        note(transaction, occasion, 'survey', { survey: run.id, active: site, reason });
      },
    };
  };
