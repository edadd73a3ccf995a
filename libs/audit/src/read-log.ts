import { AuditEntryWire, CheckpointWire, parseJson, SiteAuditEntryWire } from '#libs/contracts';
import type { Checkpoint } from '#libs/domain';
import { z } from 'zod';
import { chainOf, type AnyEntry } from './chain.js';
import { EvidenceBeside } from './evidence-beside.js';
import { linesOf, readLine } from './export-line.js';
import { EvidenceLine, EXPORT_FORMAT } from './export.js';
import type { BadLine, ChainContent } from './read-export.js';
import { inWords, verifyChain } from './verify-chain.js';

const LogLine = z.union([AuditEntryWire, SiteAuditEntryWire, CheckpointWire, EvidenceLine]);

export interface LogContent {
  readonly ok: true;
  readonly contents: readonly ChainContent[];
  readonly checkpoints: readonly Checkpoint[];
  /** The entries of all chains with their evidence, each chain in its order. */
  readonly records: readonly AnyEntry[];
}

/** Whether a file is lines as they are sent to Kafka, of any chains and in any order, rather than an export with a header. */
export function isLog(bytes: Uint8Array): boolean {
  const [first = new Uint8Array()] = linesOf(bytes);
  const parsed = parseJson(Buffer.from(first).toString(), 'it');
  const value = parsed.ok && typeof parsed.value === 'object' && parsed.value !== null ? parsed.value : {};
  return 'format' in value ? value.format !== EXPORT_FORMAT : 'sequence' in value;
}

interface Kept {
  readonly entry: AnyEntry;
  readonly line: number;
}

/** Reads such lines. One that was delivered twice counts once. */
export function readLog(bytes: Uint8Array): LogContent | BadLine {
  const chains = new Map<string, Map<number, Kept>>();
  const checkpoints: Checkpoint[] = [];
  const beside = new EvidenceBeside();
  for (const [index, text] of linesOf(bytes).entries()) {
    const line = index + 1;
    const read = readLine(LogLine, text);
    if (!read.ok) return { ok: false, line, reason: read.reason };
    const { value } = read;
    if (!('format' in value)) {
      const twice = keep(chains, { entry: value, line });
      if (twice) return twice;
    } else if (value.format === 'signalbox.audit-checkpoint.v1') checkpoints.push(value);
    else beside.add(value);
  }
  const contents: ChainContent[] = [];
  const records: AnyEntry[] = [];
  for (const kept of chains.values()) {
    const read = contentOf([...kept.values()], beside);
    if ('ok' in read) return read;
    contents.push(read.content);
    records.push(...read.records);
  }
  return { ok: true, contents, checkpoints, records };
}

function keep(chains: Map<string, Map<number, Kept>>, { entry, line }: Kept): BadLine | undefined {
  const chain = chainOf(entry);
  const { sequence, hash } = entry;
  const kept = chains.get(chain) ?? new Map<number, Kept>();
  chains.set(chain, kept);
  const before = kept.get(sequence);
  if (!before) kept.set(sequence, { entry, line });
  if (!before || before.entry.hash === hash) return undefined;
  return {
    ok: false,
    line,
    sequence,
    reason: `${inWords(chain)} has another entry ${sequence} in line ${before.line}`,
  };
}

function contentOf(
  kept: readonly Kept[],
  beside: EvidenceBeside,
): { readonly content: ChainContent; readonly records: readonly AnyEntry[] } | BadLine {
  const sorted = kept.toSorted((one, other) => one.entry.sequence - other.entry.sequence);
  const entries = sorted.map(({ entry }) => entry);
  const first = entries[0] as AnyEntry;
  const from = { sequence: first.sequence - 1, hash: first.previous };
  const verdict = verifyChain(entries, from);
  const bad = verdict.ok ? beside.firstWithout(entries) : verdict;
  if (!bad) {
    const content = { chain: chainOf(first), from, entries };
    return { content, records: entries.map((entry) => beside.gathered(entry)) };
  }
  const { sequence, reason } = bad;
  const line = sorted.find(({ entry }) => entry.sequence >= sequence)?.line ?? 1;
  return { ok: false, line, sequence, reason: `of ${inWords(chainOf(first))}: ${reason}` };
}
