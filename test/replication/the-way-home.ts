import type { Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import type { RunningChild } from './child.js';
import type { Ground } from './ground.js';
import { compareHome, problemsOf, type Home, type HomeReport } from './homecoming.js';
import { STREAMS, startLoad } from './load.js';
import { moveUnderLoad, protectAgain, type MoveReport } from './moves.js';
import { logOf, topicIdsIn } from './site-logs.js';

/** Together with its transactions well over two thousand records a second on a machine that does nothing else. */
export const FULL_LOAD_PAUSE_MS = 15;
/** Of the load before a move is asked for. */
const ENOUGH_RECORDS = 2_000;
const LOADED_WITHIN_MS = 60_000;
const EQUAL_WITHIN_MS = 120_000;
/** Each reads all there is. */
const LOOKS_APART_MS = 3_000;

/** A load that writes to whichever site takes it, from a place that none of the faults concerns. */
export async function startRoaming({ stage, ledger }: Ground, name: string): Promise<RunningChild> {
  const before = ledger.ackedRecords;
  const load = startLoad(stage.lab, 'w', { name, pauseMs: FULL_LOAD_PAUSE_MS, to: ['a', 'b'] }, ledger);
  await waitFor('load', { clock: stage.clock, withinMs: LOADED_WITHIN_MS }, () =>
    Promise.resolve(ledger.ackedRecords - before >= ENOUGH_RECORDS || undefined),
  );
  return load;
}

export interface Homecoming {
  readonly move: MoveReport;
  readonly home: HomeReport;
  readonly problems: readonly string[];
}

/** Both sites' files in the end. */
export type Logs = Pick<Home, 'atA' | 'atB'>;

/**
 * Home under load, and replication the way it was at first; then both sites' files are held against each other.
 * `moved` is for whoever follows, once the move is over.
 */
export async function comeHome(
  ground: Ground,
  name: string,
  moved: () => Promise<void> = () => Promise.resolve(),
): Promise<Homecoming & { readonly logs: Logs }> {
  const { stage, ledger, tails, topicIds } = ground;
  const { lab, clock } = stage;
  const load = await startRoaming(ground, name);
  const move = await moveUnderLoad(stage, ledger, 'failback');
  await moved();
  await load.stop();
  await protectAgain(stage, 'b');
  const ackedIds = new Set(ledger.acked.map(({ id }) => id));
  const seen = { tail: tails, ackedIds, idsBefore: topicIds, idsAfter: topicIdsIn(lab) };
  const atA = await logOf(lab, 'a', clock);
  const { home, atB } = await settled(stage, (log) => compareHome({ ...seen, atA, atB: log }));
  return { move, home, problems: problemsOf(home), logs: { atA, atB } };
}

type Settled = Pick<Homecoming, 'home'> & Pick<Logs, 'atB'>;

/** What the mirror has still to copy is waited for; what is different after that is different. */
async function settled({ lab, clock }: Stage, compare: (atB: Logs['atB']) => HomeReport): Promise<Settled> {
  let last: Settled | undefined;
  return waitFor('equal sites', { clock, withinMs: EQUAL_WITHIN_MS }, async () => {
    const atB = await logOf(lab, 'b', clock);
    last = { home: compare(atB), atB };
    if (last.home.different.length === 0) return last;
    await clock.sleep(LOOKS_APART_MS);
    return undefined;
  }).catch((error: unknown) => {
    if (last) return last;
    throw error;
  });
}

export const pausesOf = ({ longestPauseMs }: MoveReport): string =>
  STREAMS.map((stream) => `${stream} ${longestPauseMs[stream]} ms`).join(', ');
