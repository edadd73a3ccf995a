import { describe, expect, it } from '@jest/globals';
import { epoch, instant } from '#libs/domain';
import { disappointments, disappointmentsOfSwitchover, disappointmentsOfUpgrade } from './expectations.js';
import { FAULTS } from './faults.js';
import type { FailbackReport, Report, ReturnReport, SwitchoverReport } from './report.js';

const tolerance = { beforeMs: 1_000, afterMs: 2_000 };

const good: Report = {
  outcome: 'failed-over',
  fault: 'freeze',
  mode: 'automatic',
  verdict: 'down',
  verdictRule: 'verdict-2-own-down-confirmed',
  recorded: true,
  rule: 'start-failover',
  rtoMs: 3_000,
  dwellMs: 2_000,
  aboveDwellMs: 1_000,
  steps: [{ name: 'fence-a', site: 'a', startedAt: null, finishedAt: null, status: 'done', verifiedBy: null }],
  ackedRecords: 3,
  deliveredRecords: 2,
  strandedRecords: 1,
  unackedRecords: 0,
  appendedUnackedAtA: 0,
  duplicateRecords: 0,
  missingRecords: [],
  dnsAnswers: { b: ['127.2.0.1'] },
  epoch: epoch(1),
  auditVerified: true,
  policy: {},
  milestones: { faultAt: instant(10_000), firstFailedRoundAt: instant(10_100) },
  readAtA: 'broker',
  fence: {
    fencedAt: instant(12_000),
    firstWriteAtB: instant(12_500),
    lastAckedAtA: instant(10_100),
    ackedAtAAfterFence: 0,
    refusedAtAAfterMend: 20,
  },
};

const complaints = (change: Partial<Report>, fault: keyof typeof FAULTS = 'freeze') =>
  disappointments({ ...good, ...change }, FAULTS[fault], tolerance);

describe('a demo that went well', () => {
  it('leaves nothing to complain about', () => {
    expect(complaints({})).toEqual([]);
  });
});

describe('a demo fails', () => {
  it('when a record is unaccounted for', () => {
    expect(complaints({ strandedRecords: 0 })).toEqual(['3 acknowledged are not 2 delivered and 0 stranded']);
  });

  it('when A could write after it was fenced, or B before', () => {
    const fence = {
      fencedAt: instant(5),
      firstWriteAtB: instant(3),
      lastAckedAtA: instant(9),
      ackedAtAAfterFence: 2,
      refusedAtAAfterMend: 0,
    };
    expect(complaints({ fence })).toEqual([
      'B took a write 2 ms before A was fenced',
      'A acknowledged 2 records after it was fenced',
      'the producer inside A was not heard of after A was mended',
    ]);
  });

  it('when the first failed round cannot be the fault', () => {
    const milestones = { faultAt: instant(10_000), firstFailedRoundAt: instant(8_000) };
    expect(complaints({ milestones })).toEqual(['the first failed round is -2000 ms after the fault']);
  });

  it('when the verdict is another one, or on record when it must not be', () => {
    const quiet: Partial<Report> = { outcome: 'no-action', steps: [], resourcesIdentical: true };
    expect(complaints(quiet, 'kill-witness-and-a')).toEqual([
      'the verdict is down, not no-quorum',
      'the verdict is recorded',
    ]);
  });

  it('when something was touched that should not have been', () => {
    const changedResources = ['dns.2: was "x", is "y"'];
    expect(complaints({ outcome: 'no-action', resourcesIdentical: false, changedResources })).toEqual([
      '1 steps were taken',
      'a resource was changed: dns.2: was "x", is "y"',
    ]);
  });
});

const returned: ReturnReport = {
  fencedAfterMs: 300,
  writableMs: 20,
  ackedBeforeFence: 2,
  strandedRecords: 5,
  ranges: [{ topic: 'orders', partition: 0, from: 10, to: 15 }],
  onlyAtA: 5,
  protectedAfterMs: 4_000,
};

const failback: FailbackReport = {
  outcome: 'completed',
  asked: 1,
  approvedBy: 'lab-approver',
  rtoMs: 2_000,
  longestPauseMs: 1_900,
  steps: good.steps,
  exceptions: [],
  ackedRecords: 9,
  deliveredRecords: 9,
  lostRecords: 0,
  copiedTwice: 0,
};

describe('the way home', () => {
  it('that went well leaves nothing to complain about', () => {
    expect(complaints({ return: returned, failback })).toEqual([]);
  });

  it('fails when the stranded records are not those that only A holds', () => {
    expect(complaints({ return: { ...returned, strandedRecords: 4 } })).toEqual([
      'Signalbox counts 4 stranded records, an independent reader 5',
    ]);
  });

  it('fails when a record is lost or copied twice, or when nobody approved', () => {
    const wrong = { ...failback, deliveredRecords: 7, lostRecords: 2, copiedTwice: 3, approvedBy: null };
    expect(complaints({ failback: wrong })).toEqual([
      '2 acknowledged records are not where the group is now',
      '3 records were copied twice',
      'nobody approved the failback',
    ]);
  });

  it('fails when the run was taken back, or both sites took writes at a time', () => {
    expect(complaints({ failback: { ...failback, outcome: 'aborted', rtoMs: -40 } })).toEqual([
      'the run that was asked for is aborted',
      'the application worked at the new site 40 ms before it stopped at the old one',
    ]);
  });
});

describe('a planned move', () => {
  const { outcome, ...move } = failback;
  const planned: SwitchoverReport = {
    ...move,
    outcome: 'switched-over',
    runPhase: outcome,
    dnsAnswers: {},
    epoch: epoch(1),
    auditVerified: true,
    policy: {},
  };

  it('may need nobody to approve it, and must not lose a record', () => {
    expect(disappointmentsOfSwitchover({ ...planned, approvedBy: null })).toEqual([]);
    expect(disappointmentsOfSwitchover({ ...planned, deliveredRecords: 8, lostRecords: 1 })).toEqual([
      '1 acknowledged records are not where the group is now',
    ]);
  });
});

describe('an upgrade in the middle of the run', () => {
  const upgrade = { upgradedAt: instant(0), runWentOnForMs: 5, epochs: [1, 2], mapping: 'servers: kafka-b:9092' };
  const wrong = (change: object) => disappointmentsOfUpgrade({ upgrade: { ...upgrade, ...change } }, 'kafka-b:9092');

  it('has to leave the run, its epochs and what it switched as they are', () => {
    expect(wrong({})).toEqual([]);
    expect(disappointmentsOfUpgrade({}, 'kafka-b:9092')).toEqual([]);
    expect(wrong({ runWentOnForMs: -3 })).toEqual([expect.stringContaining('3 ms before')]);
    expect(wrong({ epochs: [1, 3, 2] })).toEqual([expect.stringContaining('1, 3, 2')]);
    expect(wrong({ epochs: [] })).toHaveLength(1);
    expect(wrong({ mapping: 'servers: kafka-a:9092' })).toEqual([expect.stringContaining('kafka-b:9092')]);
  });
});
