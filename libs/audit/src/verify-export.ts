import { AuditEntryWire, hashOf, signatureProblem, type Keyring } from '#libs/contracts';
import type { GroupId } from '#libs/domain';
import { linkProblem, type ChainHead } from './chain.js';
import { linesOf, readLine, type Reading } from './export-line.js';
import { ExportHeader } from './export.js';

export type ExportVerdict =
  | {
      readonly ok: true;
      readonly group: GroupId;
      readonly entries: number;
      readonly head: ChainHead;
      /** `unchecked`: there is one, and no keys were given. Without a valid one, a chain that was rewritten as a whole passes. */
      readonly signature: 'valid' | 'absent' | 'unchecked';
      /** The key it names. */
      readonly signedBy?: string;
    }
  | {
      readonly ok: false;
      /** 1-based line of the file; 1 is the header. */
      readonly line: number;
      /** The sequence the first bad entry has, or should have; absent when the header is bad. */
      readonly sequence?: number;
      readonly reason: string;
    };

/**
 * Names the first entry that is not as it was exported. Any change shows: of a value by its hash, of the spelling
 * because lines are canonical, of the length because the header says where the chain ends.
 */
export function verifyExport(bytes: Uint8Array, keyring?: Keyring): ExportVerdict {
  const [headerLine = new Uint8Array(), ...entryLines] = linesOf(bytes);
  const header = readHeader(headerLine, keyring);
  if (!header.ok) return { ok: false, line: 1, reason: header.reason };
  const { group, first, previous, last, head: end, keyId } = header.value;

  let head: ChainHead = { sequence: first - 1, hash: previous };
  let line = 2;
  const bad = (reason: string) => ({ ok: false, line, sequence: head.sequence + 1, reason }) as const;
  for (const entryLine of entryLines) {
    const next = readNext(header.value, head, entryLine);
    if (!next.ok) return bad(next.reason);
    head = next.value;
    line += 1;
  }
  if (head.sequence < last) return bad(`it is missing: the header says that the chain ends at entry ${last}`);
  const signature = keyId === undefined ? 'absent' : keyring ? 'valid' : 'unchecked';
  const signedBy = keyId === undefined ? {} : { signedBy: keyId };
  return { ok: true, group, entries: entryLines.length, head: { sequence: last, hash: end }, signature, ...signedBy };
}

function readHeader(line: Uint8Array, keyring: Keyring | undefined): Reading<ExportHeader> {
  const read = readLine(ExportHeader, line);
  if (!read.ok) return read;
  const { hash, ...signed } = read.value;
  if (hashOf(signed) !== hash) return { ok: false, reason: 'its hash is not the hash of its content' };
  const { signature, ...unsigned } = signed;
  const { keyId, exportedBy: site } = unsigned;
  if (!keyring || keyId === undefined) return read;
  const reason = signatureProblem(unsigned, { site, keyId, signature: signature ?? '' }, keyring);
  return reason === undefined ? read : { ok: false, reason };
}

function readNext(header: ExportHeader, head: ChainHead, line: Uint8Array): Reading<ChainHead> {
  const bad = (reason: string) => ({ ok: false, reason }) as const;
  const { group, last, head: end } = header;
  if (head.sequence >= last) return bad(`the header says that the chain ends at entry ${last}`);
  const read = readLine(AuditEntryWire, line);
  if (!read.ok) return read;
  const entry = read.value;
  if (entry.group !== group) return bad(`it is of group ${entry.group}, not of ${group}`);
  const reason = linkProblem(head, entry);
  if (reason !== undefined) return bad(reason);
  if (entry.sequence === last && entry.hash !== end) return bad('it is not the end of the chain that the header names');
  return { ok: true, value: entry };
}
