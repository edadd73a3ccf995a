import { describe, expect, it } from '@jest/globals';
import { runId, siteId, type Run, type StepRecord } from '#libs/domain';
import { SETTINGS } from '../../../test/support/decision-facts.js';
import { failoverPlan } from './plan.js';
import { advance } from './progress.js';

const [a, b] = [siteId('a'), siteId('b')];
const [config] = SETTINGS.shape.configs;
const shape = { ...SETTINGS.shape, configs: [{ ...config!, rolloutMs: { a: 60_000, b: 120_000 } }] };
const plan = failoverPlan({ shape, policy: SETTINGS.policy, from: a, to: b, fromIsLost: true });
const last = Math.max(...plan.steps.map(({ stage }) => stage));

describe('clients that have to restart', () => {
  it('get their own time, and hold up nothing but the end of the run', () => {
    const steps = plan.steps.filter(({ name }) => name.startsWith('config-'));
    expect(steps).toMatchObject([
      { name: 'config-clients-b', deadlineMs: 125_000, neededBy: last + 1 },
      { name: 'config-clients-a', deadlineMs: 0, mayFail: true, neededBy: last + 1 },
    ]);
    expect(plan.steps.find(({ name }) => name.startsWith('redirect-'))).not.toHaveProperty('neededBy');
  });

  it('that do not come up with a value that is set are an exception of a run that closes', () => {
    const records = plan.steps.map((step) => ({
      ...step,
      run: runId('run-1'),
      epoch: 1,
      attempt: 1,
      status: 'done',
      ...(step.name === 'config-clients-b' && { exception: 'paused: Deployment orders/consumer is paused' }),
    })) as unknown as StepRecord[];
    const run = { id: 'run-1', plan, stage: last, phase: 'stepping', exceptions: [] } as unknown as Run;
    const around = { openForMs: () => 1_000, waitedOut: () => undefined, attested: () => undefined, frozen: false };
    expect(advance(run, records, around)).toMatchObject({
      kind: 'close',
      run: {
        phase: 'completed-with-exceptions',
        exceptions: [{ step: 'config-clients-b', reason: 'done: paused: Deployment orders/consumer is paused' }],
      },
    });
  });
});
