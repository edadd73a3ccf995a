import { recordsIn, type AnyEntry } from '#libs/audit';
import type { Keyring } from '#libs/contracts';
import { settingsOf } from '#libs/decision';
import type { AuditEntry, GroupId } from '#libs/domain';
import { replay, type Replayed } from '#libs/journal';
import type { Topology } from '#libs/topology';
import type { Outcome } from '../command.js';
import { EXIT } from '../exit-code.js';
import { moment } from '../text.js';
import { bytesOf, type VerifyOutput } from './audit.js';

/** What a file came to: its decisions, decided once more; or where it is not as it was written. */
type ReplayedFile =
  | { readonly name: string; readonly ok: true; readonly groups: readonly ReplayedGroup[] }
  | { readonly name: string; readonly ok: false; readonly line: number; readonly reason: string };

interface ReplayedGroup {
  readonly group: GroupId;
  readonly entries: readonly Replayed[];
}

export interface ReplayGround {
  /** Whose signatures are checked; without it none are. */
  readonly keyring: Keyring | undefined;
  /** By this signalbox.yaml instead of the settings that were in force. */
  readonly instead: Topology | undefined;
}

/** Runs the core that this command is made of over recorded histories. Needs no orchestrator. */
export const replayFiles = async (files: readonly string[], output: VerifyOutput, ground: ReplayGround): Outcome => {
  const replayed: ReplayedFile[] = [];
  for (const name of files) replayed.push(replayFile(name, await bytesOf(name), ground));
  const { terminal, json } = output;
  if (json) terminal.out(JSON.stringify(replayed, null, 2));
  else for (const line of replayed.flatMap(asText)) terminal.out(line);
  if (replayed.some(({ ok }) => !ok)) return EXIT.auditBroken;
  return replayed.every(isAsItWas) ? EXIT.ok : EXIT.otherwise;
};

const replayFile = (name: string, bytes: Uint8Array, { keyring, instead }: ReplayGround): ReplayedFile => {
  const read = recordsIn(bytes, keyring);
  if (!read.ok) return { name, ok: false, line: read.line, reason: read.reason };
  const byGroup = Map.groupBy(read.records.filter(isOfGroup), ({ group }) => group);
  const groups = [...byGroup].map(([group, entries]) => {
    const other = instead?.groups.some(({ id }) => id === group) ? settingsOf(instead, group) : undefined;
    return { group, entries: entries.map((entry) => replay(entry, other)) };
  });
  return { name, ok: true, groups };
};

const isOfGroup = (entry: AnyEntry): entry is AuditEntry => 'group' in entry;

/** Nothing that could be decided again is no proof that all would be. */
const isAsItWas = (file: ReplayedFile): boolean =>
  file.ok &&
  file.groups.some(({ entries }) => count(entries, 'same') > 0) &&
  file.groups.every(({ entries }) => entries.every(({ outcome }) => outcome === 'same' || outcome === 'no-decision'));

const count = (entries: readonly Replayed[], outcome: Replayed['outcome']): number =>
  entries.filter((each) => each.outcome === outcome).length;

const asText = (file: ReplayedFile): readonly string[] => {
  if (!file.ok) return [`${file.name}: BROKEN at line ${file.line}: ${file.reason}`];
  if (file.groups.length === 0) return [`${file.name}: no group's chain is in it`];
  return file.groups.flatMap(({ group, entries }) => [
    `${file.name}: ${summary(group, entries)}`,
    ...entries.flatMap(lineOf),
  ]);
};

const summary = (group: GroupId, entries: readonly Replayed[]): string => {
  const others = count(entries, 'no-decision');
  const decisions = entries.length - others;
  if (decisions === 0) return `no entry of ${group} says how it was decided`;
  const parts = (['same', 'otherwise', 'unreadable'] as const)
    .map((outcome) => [WORDS[outcome], count(entries, outcome)] as const)
    .filter(([, times]) => times > 0)
    .map(([words, times]) => `${times} ${words}`);
  return `${decisions} decisions of ${group}: ${parts.join(', ')}; ${others} other entries`;
};

const WORDS = { same: 'as they were', otherwise: 'OTHERWISE', unreadable: 'UNREADABLE' } as const;

const lineOf = (replayed: Replayed): readonly string[] => {
  const head = `  entry ${replayed.sequence}, ${moment(replayed.at)}, ${replayed.rule}:`;
  switch (replayed.outcome) {
    case 'same':
    case 'no-decision':
      return [];
    case 'unreadable':
      return [`${head} ${replayed.why}`];
    case 'otherwise':
      return [head, ...replayed.differences.map(({ what, was, wouldBe }) => `    ${what}: ${was} → ${wouldBe}`)];
  }
};
