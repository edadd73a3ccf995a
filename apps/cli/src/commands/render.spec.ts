import { describe, expect, it } from '@jest/globals';
import {
  approvalId,
  clusterId,
  epoch,
  groupId,
  instant,
  processId,
  runId,
  siteId,
  type ReturningSite,
  type Run,
  type StepRecord,
} from '#libs/domain';
import type { StatusAnswer } from '#libs/contracts';
import { renderRun } from './run.js';
import { renderStatus } from './status.js';

const [a, b] = [siteId('a'), siteId('b')];
const orders = groupId('orders');
const voice = { site: a, failedForMs: 0, healthyForMs: 0, reasons: [] };

const status: StatusAnswer = {
  site: b,
  process: processId('orchestrator@b'),
  journal: { reachable: true, missing: ['a'] },
  topologyHash: 'f00',
  clusters: [
    {
      verdict: {
        cluster: clusterId('a'),
        kind: 'down',
        rule: 'verdict-5-down-by-quorum',
        failedForMs: 3_100,
        voices: [
          { ...voice, opinion: 'silent' },
          { ...voice, site: b, opinion: 'down' },
        ],
      },
      recorded: true,
    },
  ],
  groups: [
    {
      group: orders,
      mode: 'approve',
      fenceMode: 'strict',
      phase: 'awaiting-approval',
      active: a,
      epoch: epoch(1),
      approval: approvalId('ap-1'),
      frozen: { by: 'ada', reason: 'migration', until: instant(60_000) },
      quarantined: [a],
      returning: { a: { phase: 'lost', since: instant(0), rule: 'left-by-failover', leftBy: runId('r-0') } },
    },
  ],
  guards: [
    {
      record: {
        site: a,
        process: processId('site-guard@a'),
        incarnation: 'i',
        renewal: 1,
        armed: true,
        armedBy: 'acl',
        selfFenceMs: 3_000,
        enforced: { orders: { access: 'none', epoch: epoch(1), by: 'acl' } },
        at: instant(0),
      },
      leaseHeld: false,
    },
  ],
  missing: [],
};

const run: Run = {
  id: runId('r-1'),
  plan: { kind: 'failover', group: orders, from: a, to: b, steps: [] },
  planHash: 'p',
  evidenceHash: 'e',
  epoch: epoch(2),
  phase: 'needs-human',
  stage: 1,
  startedAt: instant(0),
  exceptions: [{ step: 'fence-a', reason: 'nobody answered' }],
  problem: 'b refuses writes; look at its ACLs',
};

const fence: StepRecord = {
  name: 'fence-a',
  stage: 1,
  action: 'apply',
  resource: { kind: 'write-access', group: 'orders', site: 'a' },
  runsAt: a,
  worker: 'site-guard',
  deadlineMs: 1_000,
  run: run.id,
  epoch: run.epoch,
  status: 'done',
  attempt: 1,
  startedAt: instant(0),
  finishedAt: instant(40),
  verifiedBy: { check: 'produce is refused', observed: 'TOPIC_AUTHORIZATION_FAILED' },
};

describe('what a person reads', () => {
  it('says of every site what is known, why, and what to type next', () => {
    expect(renderStatus(status, instant(0))).toBe(
      `
orchestrator@b (site b), from the journal.
Missing: journal member a.

CLUSTER  VERDICT  WHY
a        down     verdict-5-down-by-quorum, failing for 3.1 s: a silent, b down

GROUP   ACTIVE  PHASE              MODE     FENCE   EPOCH  LEADER
orders  a       awaiting-approval  approve  strict  1      nobody

GROUP   SITE  ROLE       STATE    STRANDED  SINCE
orders  a     active     serving  -         -
orders  a     returning  lost     unknown   1970-01-01T00:00:00.000Z

orders is frozen by ada until 1970-01-01T00:01:00.000Z (1 min left): migration

GUARD  LEASE   ARMED  ENFORCES
a      LAPSED  yes    orders: none at epoch 1 (acl)

Next:
  signalbox explain orders                    what is asked for, and everything in the way
  signalbox approve ap-1                      let it run; or: deny
  signalbox unfreeze orders --reason '<why>'  let it act again`.trim(),
    );
  });

  it('shows what each step of a run read back, and what a person has to do', () => {
    expect(renderRun({ run, steps: [fence] })).toBe(
      `
Run r-1: failover of orders from a to b, epoch 2.

STAGE  STEP     AT  STATUS  TOOK   READ-BACK
1      fence-a  a   done    40 ms  produce is refused: "TOPIC_AUTHORIZATION_FAILED"

Run r-1 is needs-human, started 1970-01-01T00:00:00.000Z.

It needs you: b refuses writes; look at its ACLs

Exception fence-a: nobody answered

Next:
  signalbox run retry r-1 --reason '<why>'  try again what failed, after you mended it
  signalbox run abort r-1 --reason '<why>'  take it back: what was done is undone in reverse`.trim(),
    );
  });

  it('offers no way around a fence but the word of a person', () => {
    const stuck: StepRecord = { ...fence, fences: a, status: 'unreachable' };
    const denied: StepRecord = { ...fence, name: 'deny-inbound-b', status: 'failed' };
    const planned: StepRecord = { ...fence, name: 'verify-writes-b', status: 'planned' };
    const steps = [stuck, denied, planned];
    const text = renderRun({ run: { ...run, plan: { ...run.plan, steps } }, steps });
    expect(text).toContain("signalbox attest orders --site a --reason '<why>'");
    expect(text).not.toContain('run skip r-1 fence-a');
    expect(text).not.toContain('run skip r-1 verify-writes-b');
    expect(text).toContain("signalbox run skip r-1 deny-inbound-b --reason '<why>'");
  });

  it.each<[ReturningSite['phase'], number | undefined, string, string]>([
    ['lost', undefined, 'lost', 'signalbox explain orders'],
    ['quarantined', undefined, 'quarantined', "signalbox reprotect orders --site b --reason '<why>'"],
    ['catching-up', undefined, 'catching-up (lag above the RPO)', 'signalbox status --watch'],
    ['catching-up', 88_000, 'catching-up (lag under the RPO for 12 s of 60 s)', 'signalbox status --watch'],
  ])('says of a site that is %s since %s how far it is, and what comes next', (phase, since, state, command) => {
    const site: ReturningSite = {
      phase,
      since: instant(0),
      rule: 'r',
      leftBy: run.id,
      ...(since !== undefined && { keepsUpSince: instant(since) }),
    };
    const [group] = status.groups;
    const { approval, ...rest } = group!;
    const groups = [{ ...rest, phase: 'steady', protectedAfterMs: 60_000, returning: { b: site } }];
    const text = renderStatus({ ...status, groups }, instant(100_000));
    expect(text).toContain(`orders  b     returning  ${state}  `);
    expect(text).toContain(command);
  });

  it('names the kind of the run that is open', () => {
    const groups = status.groups.map((group) => ({ ...group, phase: 'running', kind: 'failover' as const }));
    expect(renderStatus({ ...status, groups }, instant(0))).toContain('  running failover  ');
  });
});
