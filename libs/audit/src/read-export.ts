import { AuditEntryWire, hashOf, signatureProblem, SiteAuditEntryWire, type Keyring } from '#libs/contracts';
import type { ChainName, Checkpoint } from '#libs/domain';
import { chainOf, linkProblem, type AnyEntry, type ChainHead } from './chain.js';
import { readLine, linesOf, type Reading } from './export-line.js';
import { EvidenceLine, ExportHeader } from './export.js';
import { EvidenceBeside } from './evidence-beside.js';
import { rpoProblem } from './rpo-problem.js';
import { strangerIn } from './verify-chain.js';

/** A chain, or a part of one, every link of which holds. */
export interface ChainContent {
  readonly chain: ChainName;
  /** What the first entry is linked to. */
  readonly from: ChainHead;
  readonly entries: readonly ChainHead[];
  /** Of the journal, when it was read; unknown of what was collected line by line. */
  readonly revision?: number;
}

/** The first line that is not as it was written. */
export interface BadLine {
  readonly ok: false;
  /** 1-based line of the file. */
  readonly line: number;
  /** The sequence the first bad entry has, or should have; absent when the header is bad. */
  readonly sequence?: number;
  readonly reason: string;
}

export interface ExportContent {
  readonly ok: true;
  readonly header: ExportHeader;
  readonly content: ChainContent;
  readonly checkpoints: readonly Checkpoint[];
  /** The entries with their evidence, also where it lies beside them. */
  readonly records: readonly AnyEntry[];
}

/** Reads an export as far as it is as it was written. */
export function readExport(bytes: Uint8Array, keyring?: Keyring): ExportContent | BadLine {
  const [headerLine = new Uint8Array(), ...lines] = linesOf(bytes);
  const header = readHeader(headerLine, keyring);
  if (!header.ok) return { ok: false, line: 1, reason: header.reason };
  const { first, previous, last, revision, checkpoints = [] } = header.value;
  const from: ChainHead = { sequence: first - 1, hash: previous };
  const entries: AnyEntry[] = [];
  for (const line of lines.slice(0, last - from.sequence)) {
    const next = readNext(header.value, entries.at(-1) ?? from, line);
    if (!next.ok) return badEntry(first + entries.length, first, next.reason);
    entries.push(next.value);
  }
  if ((entries.at(-1) ?? from).sequence < last) {
    const reason = `it is missing: the header says that the chain ends at entry ${last}`;
    return badEntry(first + entries.length, first, reason);
  }
  const beside = new EvidenceBeside();
  const bad = besideProblem(entries, lines.slice(entries.length), first, beside);
  if (bad) return bad;
  const content = { chain: subjectOf(header.value), from, entries, ...(revision !== undefined && { revision }) };
  const records = entries.map((entry) => beside.gathered(entry));
  for (const { sequence, rule, evidence } of records) {
    const reason = rpoProblem(rule, evidence, keyring);
    if (reason !== undefined) return badEntry(sequence, first, reason);
  }
  return { ok: true, header: header.value, content, checkpoints, records };
}

export const subjectOf = ({ group, site }: Pick<ExportHeader, 'group' | 'site'>): ChainName =>
  group === undefined ? `sites/${site}` : `groups/${group}`;

const bad = (reason: string) => ({ ok: false, reason }) as const;
/** An entry stands in the line after its number, counted from the first: line 1 is the header. */
const badEntry = (sequence: number, first: number, reason: string): BadLine => ({
  ok: false,
  line: sequence - first + 2,
  sequence,
  reason,
});

function readHeader(line: Uint8Array, keyring: Keyring | undefined): Reading<ExportHeader> {
  const read = readLine(ExportHeader, line);
  if (!read.ok) return read;
  const { hash, ...signed } = read.value;
  if (hashOf(signed) !== hash) return bad('its hash is not the hash of its content');
  const { signature, ...unsigned } = signed;
  const { keyId, exportedBy: site } = unsigned;
  if (!keyring || keyId === undefined) return read;
  const reason = signatureProblem(unsigned, { site, keyId, signature: signature ?? '' }, keyring);
  return reason === undefined ? read : bad(reason);
}

function readNext(header: ExportHeader, head: ChainHead, line: Uint8Array): Reading<AnyEntry> {
  const read: Reading<AnyEntry> = readLine<typeof AuditEntryWire | typeof SiteAuditEntryWire>(
    header.group === undefined ? SiteAuditEntryWire : AuditEntryWire,
    line,
  );
  if (!read.ok) return read;
  const entry = read.value;
  const chain = subjectOf(header);
  const reason = chainOf(entry) === chain ? linkProblem(head, entry) : strangerIn(chain, entry);
  if (reason !== undefined) return bad(reason);
  if (entry.sequence === header.last && entry.hash !== header.head) {
    return bad('it is not the end of the chain that the header names');
  }
  return { ok: true, value: entry };
}

/** After the last entry nothing stands but the evidence of entries that name it, and all of that. */
function besideProblem(
  entries: readonly AnyEntry[],
  lines: readonly Uint8Array[],
  first: number,
  beside: EvidenceBeside,
): BadLine | undefined {
  const end = first + entries.length;
  for (const [index, line] of lines.entries()) {
    const read = readLine(EvidenceLine, line);
    const position = { line: entries.length + 2 + index, sequence: end };
    if (!read.ok) {
      const reason = `the header says that the chain ends at entry ${end - 1}, and it is no evidence: ${read.reason}`;
      return { ok: false, ...position, reason };
    }
    beside.add(read.value);
  }
  const missing = beside.firstWithout(entries);
  return missing && badEntry(missing.sequence, first, missing.reason);
}
