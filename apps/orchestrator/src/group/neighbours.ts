import type { GroupShape, GroupState, Neighbours, Turn } from '#libs/decision';
import type { GroupId, Instant, RunId } from '#libs/domain';
import {
  InLineWire,
  keys,
  LoneMoveWire,
  SiteEventWire,
  SiteTurnWire,
  type Change,
  type Condition,
  type Entry,
  type Snapshot,
} from '#libs/journal';
import type { ReadEntry } from './entry-memo.js';

/** With the entries they were read from; every group of the installation reads the same few. */
export interface HeldNeighbours extends Neighbours {
  readonly entries: readonly Entry[];
  /** Where the group says that it waits; undefined while nobody would look. */
  readonly ownPlace: { readonly key: string; readonly isTaken: boolean } | undefined;
}

/** What a group reads besides its own keys. */
export const namesOfNeighbours = (tier: GroupShape['tier'], group: GroupId): readonly string[] => [
  keys.neighbours(),
  ...(tier?.better.map((each) => keys.tierInLine(each)) ?? []),
  ...(tier?.hasWorse ? [keys.inLine(tier.own, group)] : []),
];

export function neighboursIn(
  { entries: all }: Snapshot,
  group: GroupId,
  tier: GroupShape['tier'],
  read: ReadEntry,
): HeldNeighbours {
  const entries = all.filter(({ key }) => key.startsWith(keys.neighbours()));
  const event = entries.find(({ key }) => key === keys.siteEvent());
  const ahead = tier?.better.map((each) => keys.tierInLine(each)) ?? [];
  const ownKey = tier?.hasWorse ? keys.inLine(tier.own, group) : undefined;
  return {
    entries,
    ...(event && { siteEvent: read(SiteEventWire, event) }),
    turns: entries.filter(({ key }) => key.startsWith(keys.siteTurns())).map((entry) => read(SiteTurnWire, entry)),
    alone: entries.filter(({ key }) => key.startsWith(keys.loneMoves())).map((entry) => read(LoneMoveWire, entry)),
    inLine: all
      .filter(({ key }) => ahead.some((prefix) => key.startsWith(prefix)))
      .map((entry) => read(InLineWire, entry)),
    ownPlace: ownKey === undefined ? undefined : { key: ownKey, isTaken: all.some(({ key }) => key === ownKey) },
  };
}

/** Conditions and changes that belong into one transaction. */
interface Part {
  readonly conditions: readonly Condition[];
  readonly changes: readonly Change[];
}

/** Takes what a run is allowed by, as long as nobody else has: the count is kept by the commit itself. */
export function takeTurn(turn: Turn, run: RunId, group: GroupId, at: Instant, { entries }: HeldNeighbours): Part {
  const put = (key: string, value: object): Change => ({ kind: 'put', key, value: JSON.stringify(value) });
  const asSeen = (key: string): Condition => {
    const entry = entries.find((each) => each.key === key);
    return entry ? { kind: 'unchanged', key, revision: entry.revision } : { kind: 'absent', key };
  };
  if (turn.kind === 'alone') {
    const { place } = turn;
    const key = keys.loneMove(place);
    return { conditions: [asSeen(key)], changes: [put(key, { place, group, at })] };
  }
  const { slot, site, opensEvent } = turn;
  const [event, key] = [keys.siteEvent(), keys.siteTurn(slot)];
  return {
    conditions: [asSeen(event), asSeen(key)],
    changes: [put(key, { slot, run, since: at }), ...(opensEvent ? [put(event, { site, since: at })] : [])],
  };
}

/** The next group may begin: this run is over, or waits for a person. */
export function endTurn(run: RunId, { turns, entries }: HeldNeighbours): Part {
  const own = turns.filter((turn) => turn.run === run).map(({ slot }) => keys.siteTurn(slot));
  return {
    conditions: entries
      .filter(({ key }) => own.includes(key))
      .map(({ key, revision }) => ({ kind: 'unchanged', key, revision })),
    changes: own.map((key) => ({ kind: 'delete', key })),
  };
}

/** A group stands in line exactly while its state says that it will leave its site as soon as it may. */
const WAITING: readonly string[] = ['dwelling', 'waits-for-its-turn'];

export function placeInLine(next: GroupState, { ownPlace }: HeldNeighbours): readonly Change[] {
  if (!ownPlace) return [];
  const { key, isTaken } = ownPlace;
  const waits = next.phase === 'suspecting' && WAITING.includes(next.rule);
  if (waits === isTaken) return [];
  if (!waits) return [{ kind: 'delete', key }];
  return [{ kind: 'put', key, value: JSON.stringify({ group: next.group, site: next.active }) }];
}
