import type { Report } from './report.js';

/** The report in plain words. */
export const inWords = (report: Report): string =>
  [
    ...(report.outcome === 'failed-over' ? failedOver(report) : stayed(report)),
    ...records(report),
    ...fence(report),
    `Name servers: ${Object.entries(report.dnsAnswers)
      .map(([site, answers]) => `${site} says ${typeof answers === 'string' ? answers : answers.join(', ')}`)
      .join('; ')}.`,
    `The audit chain ${report.auditVerified ? 'verifies' : 'DOES NOT VERIFY'}; the group is at epoch ${report.epoch}.`,
  ].join('\n');

const failedOver = ({ verdict, verdictRule, rule, rtoMs, dwellMs, aboveDwellMs, milestones }: Report): string[] => {
  const { faultAt, servedAt } = milestones;
  return [
    `Cluster A was ${verdict} (${verdictRule}); ${rule} moved the group to B.`,
    `Service was back ${rtoMs} ms after the first failed round: ${dwellMs} ms of dwell, ${aboveDwellMs} ms of everything else${servedAt === undefined ? '' : ` (${servedAt - faultAt} ms after the fault itself)`}.`,
  ];
};

const stayed = ({ verdict, verdictRule, rule, recorded, resourcesIdentical }: Report): string[] => [
  `Cluster A was ${verdict} (${verdictRule})${recorded ? `, on record as ${rule}` : ', UNRECORDED: the journal has no quorum'}. Nothing was done.`,
  `Every resource is ${resourcesIdentical ? 'byte for byte as it was' : 'NOT as it was'}.`,
];

const records = (report: Report): string[] => [
  `${report.ackedRecords} records were acknowledged: ${report.deliveredRecords} are in B's log, ${report.strandedRecords} only in A's (read from A's ${report.readAtA}).`,
  `${report.unackedRecords} were sent without an acknowledgement, ${report.appendedUnackedAtA} of which A appended all the same; ${report.duplicateRecords} duplicates in B's log.`,
];

const fence = ({ fence: fenced }: Report): string[] =>
  fenced
    ? [
        `A was known to be fenced ${fenced.firstWriteAtB - fenced.fencedAt} ms before B's first write, and had acknowledged its last record ${fenced.firstWriteAtB - fenced.lastAckedAtA} ms before it; from the fence on it acknowledged ${fenced.ackedAtAAfterFence}, and after it came back it turned away ${fenced.refusedAtAAfterMend}.`,
      ]
    : [];
