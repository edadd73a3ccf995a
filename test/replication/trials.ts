import { join } from 'node:path';
import { messageOf } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { checkSteady, waitFor } from '../demo/steady.js';
import { onGround, type Ground } from './ground.js';
import type { LossReport } from './loss.js';
import type { ThereAndBackReport } from './there-and-back.js';
import { pausesOf } from './the-way-home.js';

export interface TrialsOptions {
  readonly runs: number;
  /** So many are played before there is a new lab. */
  readonly perLab: number;
  /** Of the first run; each further one has the next. */
  readonly seed: number;
  readonly clock: Clock;
  /** For what is exported on the way. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Of everything on the way; nobody hears it when absent. */
  readonly tell?: (line: string) => void;
}

type Play<T> = (ground: Ground, seed: number) => Promise<T>;

/** A lab that could not be set up, or in which something else failed than what is tried, is left for a new one. */
const ATTEMPTS = 3;
/** What was just ended may still hold its ports. */
const PAUSE_MS = 5_000;
/** The cool-down, and what the trial before has left to be told. */
const STEADY_WITHIN_MS = 150_000;

/** One after the other, each told when it is over. @throws what the last attempt of a run failed with */
export async function playTrials<T>(
  options: TrialsOptions,
  play: Play<T>,
  lineOf: (report: T) => string,
): Promise<readonly T[]> {
  const { runs, seed, clock, say } = options;
  const reports: T[] = [];
  const take = (report: T) => {
    reports.push(report);
    say(lineOf(report));
  };
  let failures = 0;
  while (reports.length < runs) {
    const before = reports.length;
    try {
      await inOneLab({ ...options, runs: runs - before, seed: seed + before }, play, take);
      failures = 0;
    } catch (error) {
      failures = reports.length > before ? 1 : failures + 1;
      if (failures === ATTEMPTS) throw error;
      say(`seed ${seed + reports.length} is tried again: ${messageOf(error)}`);
    }
    await clock.sleep(PAUSE_MS);
  }
  return reports;
}

function inOneLab<T>(
  { runs, perLab, seed, clock, folder, say, tell = () => undefined }: TrialsOptions,
  play: Play<T>,
  take: (report: T) => void,
): Promise<void> {
  return onGround({ clock, say, tell, auditFile: join(folder, `${seed}.ndjson`) }, async (ground) => {
    for (let own = seed; own < seed + Math.min(runs, perLab); own++) {
      await waitFor('steady state', { clock, withinMs: STEADY_WITHIN_MS }, () => checkSteady(ground.stage));
      take(await play(ground, own));
    }
  });
}

export const lineOfLoss = ({ seed, fault, counts, observedMax, unobservedMax, ratio, ...rest }: LossReport): string =>
  [
    `seed ${seed}, ${fault} after ${rest.afterMs} ms at ${rest.recordsPerSecond} records/s:`,
    `${counts.ackedRecords} acked = ${counts.atB} at b + ${counts.stranded} stranded;`,
    `tail ${counts.trueTail}, certified ${observedMax} + ${unobservedMax} unseen for ${rest.unseenMs} ms (ratio ${ratio ?? '-'}),`,
    `measured ${rest.measured ?? '-'};`,
    `${counts.salvaged} replayed, ${counts.lostAfterwards} lost, ${rest.copiedBack} copied back;`,
    homeOf(rest.homecoming),
    ...rest.violations.map(wrong),
  ].join(' ');

export const lineOfMoves = ({ seed, there, homecoming, ...rest }: ThereAndBackReport): string =>
  [
    `seed ${seed}, planned at ${rest.recordsPerSecond} records/s: ${rest.ackedRecords} acked,`,
    `${rest.lostAtA} lost at a, ${rest.lostAtB} at b; to b in ${there.runMs} ms, longest pause ${pausesOf(there)};`,
    `${rest.readAtB.readAgain} read again, ${rest.readAtB.neverRead} never;`,
    homeOf(homecoming) + ',',
    `${rest.readAtHome.readAgain} read again, ${rest.readAtHome.neverRead} never;`,
    `both directions by hand noticed after ${rest.byHand.orderedMs} and ${rest.byHand.unknownMs} ms`,
    ...rest.violations.map(wrong),
  ].join(' ');

const homeOf = ({ move, home }: LossReport['homecoming']): string =>
  [
    `home in ${move.runMs} ms, longest pause ${pausesOf(move)};`,
    `${home.comparedRecords} records at both sites as ${home.contentSha256.slice(0, 12)},`,
    `${home.heldTwice} twice, ${home.outOfOrder} out of order, ${home.wiped.length} wiped`,
  ].join(' ');

const wrong = (violation: string): string => `WRONG: ${violation}`;
