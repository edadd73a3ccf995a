import { describe, expect, it } from '@jest/globals';
import { plannedMove, initialGroupState, type GroupState } from '#libs/decision';
import { approvalId, epoch, flowId, instant, runId, type ReturningSite, type Run, type StepRecord } from '#libs/domain';
import { askedApproval } from '../../../../test/support/asked-approval.js';
import { a, b, group, stageTopology } from '../../../../test/support/group-stage.js';
import { verdict } from '../../../../test/support/decision-facts.js';
import { QUARANTINED } from '../../../../test/support/quarantined.js';
import { settingsOf } from '../group/group-settings.js';
import { outlookOf } from './outlook.js';
import type { Prospect } from './prospect.js';

const at = instant(1_000_000);
const settings = settingsOf(stageTopology(), group);
const settled = initialGroupState(group, a);
const away = { ...settled, active: b };
const basis: Prospect = {
  at,
  settings,
  state: settled,
  steps: [],
  evidence: { verdicts: [], lag: {}, guards: {}, overrides: [], attestations: [] },
};
const lag = { 'kafka-b': { flow: flowId('b-to-a'), lagRecords: 7, lagMs: 900, sampleAgeMs: 0 } };
const returning = (site: Partial<ReturningSite>): Prospect => ({
  ...basis,
  state: { ...away, returning: { a: { ...QUARANTINED, ...site } } },
  evidence: { ...basis.evidence, lag },
});
const { watermark, stranded, ...unmeasured } = QUARANTINED;

const awaiting: GroupState = {
  ...settled,
  phase: 'awaiting-approval',
  approval: approvalId('ap-1'),
  kind: 'switchover',
  target: b,
  expiresAt: instant(at + 60_000),
};
const approval = askedApproval({
  id: approvalId('ap-1'),
  group,
  kind: 'failover',
  target: b,
  vetoes: [{ name: 'cool-down', message: '' }],
  requestedAt: at,
  expiresAt: instant(at + 60_000),
});

const plan = plannedMove('switchover', { ...settings, from: a, to: b });
const stageOf = (name: string): number => plan.steps.find((step) => step.name === name)?.stage ?? 0;
const running = (name: string, status: StepRecord['status'], run: Partial<Run> = {}): Prospect => ({
  ...basis,
  state: { ...settled, phase: 'running', run: runId('run-1'), kind: 'switchover', from: a, target: b },
  run: {
    id: runId('run-1'),
    plan,
    planHash: 'p',
    evidenceHash: 'e',
    epoch: epoch(1),
    phase: 'stepping',
    stage: stageOf(name),
    startedAt: at,
    exceptions: [],
    ...run,
  },
  steps: plan.steps.map((step) => {
    const before = step.stage < stageOf(name) ? 'done' : 'planned';
    return { ...step, run: runId('run-1'), epoch: epoch(1), attempt: 1, status: step.name === name ? status : before };
  }),
});
const frozen = (prospect: Prospect): Prospect => ({
  ...prospect,
  evidence: { ...prospect.evidence, freeze: { by: 'ada', reason: 'odd network', until: instant(at + 1) } },
});

const WHY = "--reason '<why>'";
const ABORT = `signalbox abort orders ${WHY}`;
const FOLLOW = 'signalbox run run-1 --wait';

describe(outlookOf.name, () => {
  it.each<[string, Prospect, RegExp, readonly string[]]>([
    ['steady at home', basis, /^$/, ['signalbox preflight orders']],
    [
      'steady away from a protected home',
      { ...basis, state: away, evidence: { ...basis.evidence, verdicts: [verdict('a', 'up')] } },
      /a is protected again and is the group's home/,
      [`signalbox failback orders ${WHY}`],
    ],
    [
      'steady away from a home that has not recovered',
      { ...basis, state: away },
      /a is protected again, and no home yet: its cluster was good for 0 of the 2 rounds in a row.*; 2 are missing/,
      [],
    ],
    [
      'a site whose Kafka is another cluster',
      returning({ rebornAs: 'other' }),
      /a is in quarantine: its Kafka is another cluster than it was and calls itself other/,
      [`signalbox release orders --site a ${WHY}`],
    ],
    ['a lost site', returning({ phase: 'lost' }), /a has not come back since 1970/, []],
    [
      'a quarantined site',
      returning({}),
      /a is in quarantine, with 2 stranded records \(orders-0 100–101\)$/,
      [`signalbox salvage orders --as quarantined --site a ${WHY}`, `signalbox reprotect orders --site a ${WHY}`],
    ],
    [
      'a quarantined site that nobody could measure',
      { ...basis, state: { ...away, returning: { a: unmeasured } } },
      /nobody could count its stranded records yet; nobody knows from where to replicate/,
      [`signalbox release orders --site a ${WHY}`],
    ],
    [
      'a site that catches up above the RPO',
      returning({ phase: 'catching-up' }),
      /900 ms \(7 records\) behind: above the RPO of 10000 ms/,
      [],
    ],
    [
      'a site that catches up under the RPO',
      returning({ phase: 'catching-up', keepsUpSince: instant(at - 1_000) }),
      /under the RPO since .*, protected in 2 s if it stays so/,
      [],
    ],
    [
      'what the rules ask',
      { ...basis, state: { ...awaiting, kind: 'failover' }, approval },
      /the rules asked for a failover to b: approval ap-1 waits for an approver until .*; approving lifts cool-down/,
      ['signalbox approve ap-1', `signalbox deny ap-1 ${WHY}`, 'signalbox plan orders --kind failover --to b'],
    ],
    [
      'what a person asks',
      { ...basis, state: { ...awaiting, requestedBy: 'ada' } },
      /ada asked for a switchover to b: approval ap-1 waits for an approver who is not ada/,
      [
        'signalbox approve ap-1  (somebody else than ada)',
        `signalbox deny ap-1 ${WHY}`,
        'signalbox plan orders --kind switchover --to b',
      ],
    ],
    [
      'an answer that nobody acted on yet',
      { ...basis, state: awaiting, approval: { ...approval, phase: 'granted', decidedBy: 'bob' } },
      /was granted by bob/,
      ['signalbox status --watch'],
    ],
    [
      'a silent active site in fence mode guarded',
      {
        ...basis,
        state: { ...settled, phase: 'suspecting' },
        settings: { ...settings, policy: { ...settings.policy, fenceMode: 'guarded' } },
      },
      /^$/,
      [`signalbox attest orders --site a ${WHY}`, `signalbox failover orders ${WHY}`, 'signalbox plan orders'],
    ],
    [
      'a run before its point of no return',
      running('drain-a-to-b', 'taken'),
      /switchover run-1 to b is stepping, stage 2 of 7: waits for drain-a-to-b at b \(taken\)/,
      [FOLLOW, ABORT],
    ],
    ['a run after its point of no return', running('promote-b', 'taken'), /promote-b at b/, [FOLLOW]],
    [
      'a run held by a freeze before its fence',
      frozen(running('seal-writes-b', 'open')),
      /frozen by ada until .* \(odd network\); a is not fenced yet; .*nothing new begins/,
      [`signalbox unfreeze orders ${WHY}`, ABORT],
    ],
    [
      'a run held by a freeze after its fence',
      frozen(running('drain-a-to-b', 'open')),
      /a takes no writes/,
      [`signalbox unfreeze orders ${WHY}`, ABORT],
    ],
    [
      'a step that may be skipped',
      running('deny-inbound-b', 'failed', { phase: 'needs-human', problem: 'deny-inbound-b is failed' }),
      /waits for a person: deny-inbound-b is failed/,
      [`signalbox run retry run-1 ${WHY}`, `signalbox run skip run-1 deny-inbound-b ${WHY}`, ABORT],
    ],
    [
      'a fence that failed',
      running('fence-a', 'failed', { phase: 'needs-human', problem: 'fence-a is failed' }),
      /fence-a is failed/,
      [`signalbox run retry run-1 ${WHY}`, `signalbox attest orders --site a ${WHY}`, ABORT],
    ],
    [
      'a compensation, though it is frozen',
      frozen(
        running('drain-a-to-b', 'open', {
          phase: 'compensating',
          compensation: { by: 'bob', reason: 'wrong window', steps: plan.steps },
        }),
      ),
      /is taken back by bob \(wrong window\): waits for/,
      [FOLLOW],
    ],
  ])('fits %s', (_what, prospect, waitsFor, next) => {
    const outlook = outlookOf(prospect);
    expect(outlook.waitsFor.join('\n')).toMatch(waitsFor);
    expect(outlook.next).toEqual(next);
  });
});
