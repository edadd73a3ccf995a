import { bothDirections, problemsByHand, type NoticedByHand } from './by-hand.js';
import type { Ground } from './ground.js';
import { holdings } from './judge.js';
import { moveUnderLoad, protectAgain, type MoveReport } from './moves.js';
import { problemsOfReading, type ReadReport } from './readers.js';
import { comeHome, startRoaming, type Homecoming } from './the-way-home.js';

export interface ThereAndBackReport {
  readonly seed: number;
  readonly recordsPerSecond: number;
  readonly ackedRecords: number;
  readonly there: MoveReport;
  readonly homecoming: Homecoming;
  /** Acknowledged, and not in the files of a site in the end. */
  readonly lostAtA: number;
  readonly lostAtB: number;
  /** A consumer group that followed to b, and home. */
  readonly readAtB: ReadReport;
  readonly readAtHome: ReadReport;
  readonly byHand: NoticedByHand;
  readonly violations: readonly string[];
}

const MEASURED_MS = 5_000;

/** To b and home again, by people's word, each time under a load that follows; at last somebody sets both directions going by hand. */
export async function playThereAndBack(ground: Ground, seed: number): Promise<ThereAndBackReport> {
  const { stage, ledger, readers } = ground;
  const { clock } = stage;
  await readers.goTo('a');
  const load = await startRoaming(ground, `roaming${seed}`);
  const before = ledger.ackedRecords;
  await clock.sleep(MEASURED_MS);
  const recordsPerSecond = Math.round(((ledger.ackedRecords - before) * 1_000) / MEASURED_MS);
  const there = await moveUnderLoad(stage, ledger, 'switchover', '--to', 'b');
  await readers.goTo('b');
  await load.stop();
  const readAtB = await readers.report();
  await protectAgain(stage, 'a');
  const { logs, ...homecoming } = await comeHome(ground, `home-again${seed}`, () => readers.goTo('a'));
  const readAtHome = await readers.report();
  const [isAtA, isAtB] = [holdings(logs.atA), holdings(logs.atB)];
  const lostAtA = ledger.acked.filter((record) => !isAtA(record)).length;
  const lostAtB = ledger.acked.filter((record) => !isAtB(record)).length;
  const byHand = await bothDirections(stage);
  return {
    seed,
    recordsPerSecond,
    ackedRecords: ledger.ackedRecords,
    there,
    homecoming,
    lostAtA,
    lostAtB,
    readAtB,
    readAtHome,
    byHand,
    violations: [
      ...(lostAtA + lostAtB === 0 ? [] : [`acknowledged and lost: ${lostAtA} at a, ${lostAtB} at b`]),
      ...homecoming.problems,
      ...problemsOfReading('to b', readAtB),
      ...problemsOfReading('home', readAtHome),
      ...problemsByHand(byHand),
    ],
  };
}
