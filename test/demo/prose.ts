import type { KillReport, MoveReport, Report, SwitchoverReport } from './report.js';
import type { MovedCounts } from './counts.js';

/** The report in plain words. */
export const inWords = (report: Report): string =>
  [
    ...(report.outcome === 'failed-over' ? failedOver(report) : stayed(report)),
    ...records(report),
    ...fence(report),
    nameServers(report),
    ...returned(report),
    ...failedBack(report),
    ...killed(report),
    audit(report),
  ].join('\n');

/** The same for a planned move. */
export const switchoverInWords = (report: SwitchoverReport): string =>
  [
    `A person moved the group to B: the run is ${report.runPhase}.`,
    ...moved(report),
    nameServers(report),
    ...killed(report),
    audit(report),
  ].join('\n');

const nameServers = ({ dnsAnswers }: Pick<Report, 'dnsAnswers'>): string =>
  `Name servers: ${Object.entries(dnsAnswers)
    .map(([site, answers]) => `${site} says ${typeof answers === 'string' ? answers : answers.join(', ')}`)
    .join('; ')}.`;

const audit = ({ auditVerified, epoch }: Pick<Report, 'auditVerified' | 'epoch'>): string =>
  `The audit chain ${auditVerified ? 'verifies' : 'DOES NOT VERIFY'}; the group is at epoch ${epoch}.`;

const returned = ({ return: back }: Report): string[] =>
  back
    ? [
        `When A came back it took writes for ${back.writableMs} ms, ${back.ackedBeforeFence} records, and refused them by name ${back.fencedAfterMs} ms after its broker first answered. Signalbox counts ${back.strandedRecords} stranded records, a reader of both logs ${back.onlyAtA}.`,
        `A was protected again ${back.protectedAfterMs} ms after somebody had approved it.`,
      ]
    : [];

const failedBack = ({ failback }: Report): string[] =>
  failback
    ? [
        `The failback, approved by ${failback.approvedBy ?? 'nobody'}, is ${failback.outcome}. Of the whole demo:`,
        ...moved(failback),
      ]
    : [];

const moved = (report: Omit<MoveReport, 'outcome'> & MovedCounts): string[] => [
  `Service was back ${report.rtoMs} ms after the last record at the old site; the longest pause of the producer was ${report.longestPauseMs} ms.`,
  `${report.ackedRecords} records were acknowledged: ${report.deliveredRecords} are where the group is now, ${report.lostRecords} lost, ${report.copiedTwice} copied twice.`,
];

const killed = ({ killed: kill }: { readonly killed?: KillReport }): string[] =>
  kill
    ? [
        `On the way ${kill.process} of ${kill.site} was killed, ${kill.afterMs} ms into ${kill.chapter} (seed ${kill.seed}); it was ready again ${kill.backAfterMs} ms later.`,
      ]
    : [];

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
