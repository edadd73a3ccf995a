import type { ChainEnd, Checkpoint } from '#libs/domain';
import type { Problem } from './problem.js';
import type { ChainContent } from './read-export.js';
import { inWords } from './verify-chain.js';
import { nameOf, signersOf } from './weigh-checkpoints.js';

/** A chain, and the file it was read from. */
export interface Part extends ChainContent {
  readonly file: string;
}

const lastOf = ({ from, entries }: Part): number => entries.at(-1)?.sequence ?? from.sequence;

const hashAt = ({ from, entries }: Part, sequence: number): string | undefined =>
  sequence === from.sequence ? from.hash : entries[sequence - from.sequence - 1]?.hash;

/** What a checkpoint says of one chain. */
interface Claim {
  readonly checkpoint: Checkpoint;
  readonly end: ChainEnd;
}

/** Holds every part against what the sites signed, in the order in which they signed, and against the other parts. */
export function crossCheck(parts: readonly Part[], checkpoints: readonly Checkpoint[]): readonly Problem[] {
  return parts.flatMap((part, index) => {
    const others = parts.filter((other) => other !== part && other.chain === part.chain);
    const claims = checkpoints.flatMap((checkpoint): Claim[] => {
      const end = checkpoint.heads[part.chain];
      return end ? [{ checkpoint, end }] : [];
    });
    const later = parts.slice(index + 1).filter(({ chain }) => chain === part.chain);
    return [
      forkOf(part, claims),
      tailOf(part, others, claims),
      ...later.map((other) => difference(part, other)),
    ].filter((each) => each !== undefined);
  });
}

/** The first entry whose hash is not the one that was signed. */
function forkOf(part: Part, claims: readonly Claim[]): Problem | undefined {
  const ordered = claims.toSorted((one, other) => one.end.sequence - other.end.sequence);
  let agreed = part.from.sequence;
  for (const { checkpoint, end } of ordered) {
    const { sequence, hash } = end;
    const found = hashAt(part, sequence);
    if (found === undefined) continue;
    if (found === hash) {
      agreed = sequence;
      continue;
    }
    const since = agreed + 1 < sequence ? `, and what was written anew begins between entry ${agreed + 1} and it` : '';
    const message =
      `${part.file}: entry ${sequence} of ${inWords(part.chain)} is not what ${signersOf(checkpoint)} witnessed: ` +
      `${short(found)} here, ${short(hash)} in ${nameOf(checkpoint)}${since}`;
    return { kind: 'fork', sequence, message };
  }
  return undefined;
}

/** The furthest entry that was signed and is in no part. What was signed after an export was made is no problem of it. */
function tailOf(part: Part, others: readonly Part[], claims: readonly Claim[]): Problem | undefined {
  const last = lastOf(part);
  const beyond = claims.filter(
    ({ end }) => end.sequence > last && !others.some((other) => lastOf(other) >= end.sequence),
  );
  const isOlder = ({ checkpoint }: Claim) => part.revision !== undefined && part.revision < checkpoint.revision;
  const missing = beyond.filter((claim) => !isOlder(claim));
  const furthest = (missing.length > 0 ? missing : beyond).toSorted((a, b) => b.end.sequence - a.end.sequence)[0];
  if (!furthest) return undefined;
  const { checkpoint, end } = furthest;
  const said = `${signersOf(checkpoint)} witnessed entry ${end.sequence} of ${inWords(part.chain)} in ${nameOf(checkpoint)}`;
  return missing.length > 0
    ? { kind: 'tail-missing', sequence: last + 1, message: `${part.file}: ${said}, the file ends at ${last}` }
    : { kind: 'older', sequence: last + 1, message: `${part.file}: ${said}, after this file, which ends at ${last}` };
}

/** The first entry that two parts have, and not the same. */
function difference(one: Part, other: Part): Problem | undefined {
  for (const { sequence, hash } of one.entries) {
    const found = hashAt(other, sequence);
    if (found === undefined || found === hash) continue;
    const message = `entry ${sequence} of ${inWords(one.chain)} is ${short(hash)} in ${one.file} and ${short(found)} in ${other.file}`;
    return { kind: 'fork', sequence, message };
  }
  return undefined;
}

const short = (hash: string): string => hash.slice(0, 12);
