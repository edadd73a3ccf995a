import { join } from 'node:path';
import { messageOf } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { playTrial, type TrialReport } from './trial.js';

export interface TrialsOptions {
  readonly runs: number;
  /** Of the first run; each further one has the next. */
  readonly seed: number;
  readonly clock: Clock;
  /** For what is exported on the way. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** A lab that could not be set up, or in which something else failed than what is tried, is left for a new one. */
const ATTEMPTS = 3;
/** What was just ended may still hold its ports. */
const PAUSE_MS = 5_000;

/** One lab after the other. @throws what the last attempt of a run failed with */
export async function playTrials({ runs, seed, clock, folder, say }: TrialsOptions): Promise<readonly TrialReport[]> {
  const reports: TrialReport[] = [];
  for (let attempt = 1; reports.length < runs; attempt++) {
    const own = seed + reports.length;
    try {
      const report = await playTrial({ seed: own, clock, say, auditFile: join(folder, `${own}.ndjson`) });
      reports.push(report);
      say(lineOf(report));
      attempt = 0;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      say(`seed ${own} is tried again: ${messageOf(error)}`);
    }
    await clock.sleep(PAUSE_MS);
  }
  return reports;
}

export const lineOf = ({ seed, fault, counts, observedMax, unobservedMax, ratio, ...rest }: TrialReport): string =>
  [
    `seed ${seed}, ${fault} after ${rest.afterMs} ms at ${rest.recordsPerSecond} records/s:`,
    `${counts.ackedRecords} acked = ${counts.atB} at b + ${counts.stranded} stranded;`,
    `tail ${counts.trueTail}, certified ${observedMax} + ${unobservedMax} (ratio ${ratio ?? '-'});`,
    `${counts.salvaged} replayed, ${counts.lostAfterwards} lost, ${rest.copiedBack} copied back`,
    ...rest.violations.map((violation) => `WRONG: ${violation}`),
  ].join(' ');
