import { imbalance, type MovedCounts } from './counts.js';
import type { Fault } from './faults.js';
import type { FailbackReport, MoveReport, Report, ReturnReport, SwitchoverReport } from './report.js';

/** How far the first failed round may lie from the fault: a round under way may fail whole, the next one starts late. */
export interface Tolerance {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** Everything that is not as it has to be, in words. Empty: the demo showed what it promises. */
export const disappointments = (report: Report, fault: Fault, tolerance: Tolerance): string[] => [
  ...imbalance(report),
  ...unless(report.auditVerified, 'the audit chain does not verify'),
  ...unless(report.verdict === fault.verdict, `the verdict is ${report.verdict}, not ${fault.verdict}`),
  ...unless(report.recorded === !fault.unrecorded, `the verdict is ${report.recorded ? 'recorded' : 'not recorded'}`),
  ...(report.outcome === 'failed-over' ? ofFailover(report, tolerance) : ofNoAction(report)),
  ...ofFence(report),
  ...(report.return ? ofReturn(report.return) : []),
  ...(report.failback ? ofFailback(report.failback) : []),
];

/** The same for a planned move. */
export const disappointmentsOfSwitchover = (report: SwitchoverReport): string[] => [
  ...unless(report.auditVerified, 'the audit chain does not verify'),
  ...ofCopies(report),
  ...ofMove({ ...report, outcome: report.runPhase }),
];

/** `servers`: where the clients' proxies have to lead when the chart was upgraded under the run. */
export const disappointmentsOfUpgrade = ({ upgrade }: Pick<Report, 'upgrade'>, servers: string): string[] => {
  if (!upgrade) return [];
  const { runWentOnForMs, epochs, mapping } = upgrade;
  const rises = epochs.every((epoch, index) => index === 0 || epoch > (epochs[index - 1] ?? 0));
  return [
    ...unless(runWentOnForMs > 0, `the run was closed ${-runWentOnForMs} ms before the chart was upgraded`),
    ...unless(epochs.length > 0 && rises, `the epochs at the clients' ConfigMap were ${epochs.join(', ')}`),
    ...unless(mapping.includes(servers), `the clients' ConfigMap does not lead to ${servers}:\n${mapping}`),
  ];
};

const unless = (holds: boolean, complaint: string): string[] => (holds ? [] : [complaint]);

const ofFailover = ({ milestones, steps, dnsAnswers }: Report, { beforeMs, afterMs }: Tolerance): string[] => {
  const { faultAt, firstFailedRoundAt } = milestones;
  const lateMs = (firstFailedRoundAt ?? Infinity) - faultAt;
  return [
    ...unless(steps.length > 0, 'there are no steps'),
    ...unless(lateMs >= -beforeMs && lateMs <= afterMs, `the first failed round is ${lateMs} ms after the fault`),
    ...unless(dnsAnswers['b'] !== 'no answer', "B's name server does not answer"),
  ];
};

const ofNoAction = ({ steps, resourcesIdentical, changedResources = [] }: Report): string[] => [
  ...unless(steps.length === 0, `${steps.length} steps were taken`),
  ...unless(resourcesIdentical === true, `a resource was changed: ${changedResources.join('; ')}`),
];

const ofFence = ({ fence }: Report): string[] => {
  if (!fence) return [];
  const { fencedAt, firstWriteAtB, ackedAtAAfterFence, refusedAtAAfterMend } = fence;
  return [
    ...unless(fencedAt <= firstWriteAtB, `B took a write ${fencedAt - firstWriteAtB} ms before A was fenced`),
    ...unless(ackedAtAAfterFence === 0, `A acknowledged ${ackedAtAAfterFence} records after it was fenced`),
    ...unless(refusedAtAAfterMend > 0, 'the producer inside A was not heard of after A was mended'),
  ];
};

/** On a busy machine a guard starts later than its broker, so that the time is told and not judged. */
const ofReturn = ({ fencedAfterMs, strandedRecords, onlyAtA }: ReturnReport): string[] => [
  ...unless(fencedAfterMs >= 0, `A was fenced ${-fencedAfterMs} ms before it answered`),
  ...unless(
    strandedRecords === onlyAtA,
    `Signalbox counts ${strandedRecords} stranded records, an independent reader ${onlyAtA}`,
  ),
];

const ofFailback = (report: FailbackReport): string[] => [
  ...ofCopies(report),
  ...ofMove(report),
  ...unless(report.approvedBy !== null, 'nobody approved the failback'),
];

const ofCopies = ({ ackedRecords, deliveredRecords, lostRecords, copiedTwice }: MovedCounts): string[] => [
  ...unless(lostRecords === 0, `${lostRecords} acknowledged records are not where the group is now`),
  ...unless(copiedTwice === 0, `${copiedTwice} records were copied twice`),
  ...unless(
    ackedRecords === deliveredRecords + lostRecords,
    `${ackedRecords} acknowledged are not ${deliveredRecords} delivered and ${lostRecords} lost`,
  ),
];

const ofMove = ({ outcome, steps, rtoMs }: MoveReport): string[] => [
  ...unless(outcome.startsWith('completed'), `the run that was asked for is ${outcome}`),
  ...unless(steps.length > 0, 'the run that was asked for has no steps'),
  ...unless(rtoMs > 0, `the application worked at the new site ${-rtoMs} ms before it stopped at the old one`),
];
