import type { Keyring } from '#libs/contracts';
import type { ChainName, Checkpoint } from '#libs/domain';
import { crossCheck, type Part } from './cross-check.js';
import type { Problem } from './problem.js';
import { readExport, type BadLine } from './read-export.js';
import { isLog, readLog } from './read-log.js';
import { verdictOn, type ExportVerdict } from './verify-export.js';
import { weighCheckpoints } from './weigh-checkpoints.js';

export interface AuditFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Lines without a header, each of which holds. */
export interface LogVerdict {
  readonly ok: true;
  readonly chains: readonly { readonly chain: ChainName; readonly first: number; readonly last: number }[];
  readonly checkpoints: number;
}

export interface BundleVerdict {
  readonly files: readonly { readonly name: string; readonly verdict: ExportVerdict | LogVerdict }[];
  /** How many checkpoints count. */
  readonly checkpoints: number;
  /** How files and checkpoints contradict each other. */
  readonly problems: readonly Problem[];
  /** What is no contradiction and should be known. */
  readonly remarks: readonly Problem[];
}

/**
 * Verifies files on their own, and then together with every checkpoint in any of them: of several groups and sites, and
 * of several exports of one. What the journal was made to forget is found as long as one other site's copy is here.
 */
export function verifyBundle(files: readonly AuditFile[], keyring?: Keyring): BundleVerdict {
  const read = files.map((file) => readFile(file, keyring));
  const weighed = weighCheckpoints(
    read.flatMap(({ checkpoints }) => checkpoints),
    keyring,
  );
  const found = crossCheck(
    read.flatMap(({ parts }) => parts),
    weighed.checkpoints,
  );
  return {
    files: read.map(({ name, verdict }) => ({ name, verdict })),
    checkpoints: weighed.checkpoints.length,
    problems: [...found.filter(({ kind }) => kind !== 'older'), ...weighed.problems],
    remarks: [...found.filter(({ kind }) => kind === 'older'), ...weighed.remarks],
  };
}

export const isIntact = ({ files, problems }: BundleVerdict): boolean =>
  problems.length === 0 && files.every(({ verdict }) => verdict.ok);

interface ReadFile {
  readonly name: string;
  readonly verdict: ExportVerdict | LogVerdict;
  readonly parts: readonly Part[];
  readonly checkpoints: readonly Checkpoint[];
}

function readFile({ name, bytes }: AuditFile, keyring: Keyring | undefined): ReadFile {
  const failed = (verdict: BadLine): ReadFile => ({ name, verdict, parts: [], checkpoints: [] });
  if (!isLog(bytes)) {
    const read = readExport(bytes, keyring);
    if (!read.ok) return failed(read);
    const { content, checkpoints } = read;
    return { name, verdict: verdictOn(read, keyring), parts: [{ ...content, file: name }], checkpoints };
  }
  const read = readLog(bytes);
  if (!read.ok) return failed(read);
  const { contents, checkpoints } = read;
  const chains = contents.map(({ chain, from, entries }) => ({
    chain,
    first: from.sequence + 1,
    last: from.sequence + entries.length,
  }));
  const verdict: LogVerdict = { ok: true, chains, checkpoints: checkpoints.length };
  return { name, verdict, parts: contents.map((content) => ({ ...content, file: name })), checkpoints };
}
