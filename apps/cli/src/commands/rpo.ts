import { recordsIn } from '#libs/audit';
import { RpoRecordWire } from '#libs/contracts';
import type { GroupAtRisk, PartitionAtRisk, RpoCertificate, RpoMeasurement, RpoRecord } from '#libs/domain';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, table } from '../text.js';

const SHOWN_PARTITIONS = 20;

/** As it stands in the group's audit, every link of which is checked on the way. */
export const rpo = async (session: Session, group: string): Outcome => {
  const text = await session.api.text(groupPath(group, 'audit', 'export'));
  const read = recordsIn(Buffer.from(text));
  if (!read.ok) {
    session.terminal.err(`BROKEN at line ${read.line}: ${read.reason}`);
    return EXIT.auditBroken;
  }
  const record = latestIn(read.records);
  show(session, record ?? {}, () =>
    record ? renderRpo(record) : `Nothing was certified of ${group}: it never failed over.`,
  );
  return EXIT.ok;
};

/** Of the latest failover: what was certified last, and what was measured of it since. */
export function latestIn(
  entries: readonly { readonly rule: string; readonly evidence: unknown }[],
): RpoRecord | undefined {
  const at = entries.findLastIndex(({ rule }) => rule === 'rpo-certified' || rule === 'rpo-closed');
  const certified = RpoRecordWire.safeParse(entries[at]?.evidence);
  if (!certified.success) return undefined;
  const measured = entries.slice(at).findLast(({ rule }) => rule === 'rpo-measured');
  const { measurements } = (measured?.evidence ?? {}) as Pick<RpoRecord, 'measurements'>;
  return { ...certified.data, ...(measurements && { measurements }) };
}

export const renderRpo = ({ certificates, unknown, measurements = [] }: RpoRecord): string =>
  blocks(
    ...certificates.map((certificate) =>
      certificateText(
        certificate,
        measurements.find(({ flow }) => flow === certificate.flow),
      ),
    ),
    ...unknown.map((flow) => `Of ${flow} nobody had kept positions: what was lost of it is unknown.`),
    next([['audit verify', 'check what this is computed from, and who signed it']]),
  );

function certificateText(certificate: RpoCertificate, measured: RpoMeasurement | undefined): string {
  const { run, flow, from, certifiedAt, isOpen, sampleAgeMs, observedRange, unobservedMaxRecords } = certificate;
  const rows = certificate.partitions.filter(hasRisk).slice(0, SHOWN_PARTITIONS).map(partitionRow);
  return blocks(
    `What ${run} may lose of ${flow}, after site ${from} was lost (${moment(certifiedAt)}):`,
    [
      `  seen and not copied     ${observedRange.min} to ${observedRange.max} records`,
      `  not seen any more       at most ${unobservedMaxRecords} records, ${unseenText(sampleAgeMs, isOpen)}`,
      `  milliseconds at risk    ${certificate.atRiskMs}`,
      `  measured on its return  ${measured ? measuredText(measured) : 'not yet'}`,
    ].join('\n'),
    rows.length > 0 ? table(['PARTITION', 'END', 'COPIED', 'SEEN, NOT COPIED', 'UNSEEN AT MOST'], rows) : '',
    groupsText(certificate.groups ?? []),
    ...certificate.positions.problems.map(({ message }) => `note: ${message}`),
  );
}

/** From outside, a site that is dead and one that is only cut off are the same silence. */
const unseenText = (sampleAgeMs: number, isOpen: boolean): string =>
  isOpen
    ? `if clients still reach it, ${duration(sampleAgeMs)} by now and growing: it is not fenced yet`
    : `if clients still reached it, for the ${duration(sampleAgeMs)} until it was fenced`;

const groupsText = (groups: readonly GroupAtRisk[]): string =>
  groups.length === 0
    ? ''
    : table(
        ['GROUP', 'MAY READ AGAIN AT MOST'],
        groups.slice(0, SHOWN_PARTITIONS).map(({ group, rereadMaxRecords }) => [group, String(rereadMaxRecords)]),
      );

const measuredText = ({ strandedRecords, verdict, beyond }: RpoMeasurement): string =>
  verdict === 'within'
    ? `${strandedRecords} records, not more than that`
    : `${strandedRecords} records, MORE than that: ${beyond.map(({ where }) => where).join(', ')}`;

const hasRisk = ({ observedRange, unobservedMaxRecords }: PartitionAtRisk): boolean =>
  observedRange.max + unobservedMaxRecords > 0;

const partitionRow = (each: PartitionAtRisk): readonly string[] => [
  `${each.topic}-${each.partition}`,
  String(each.sourceEnd),
  String(each.copiedAtLeast),
  `${each.observedRange.min} to ${each.observedRange.max}`,
  String(each.unobservedMaxRecords),
];
