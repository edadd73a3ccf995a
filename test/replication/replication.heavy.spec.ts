import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '#libs/runtime';
import type { TrialReport } from './trial.js';
import { playTrials } from './trials.js';

const SEED = 1;
const RUNS = 2;
/** Less than half of what it is on a machine that does nothing else. */
const LOADED_PER_SECOND = 500;

const say = (line: string) => void process.stderr.write(`${line}\n`);

describe('a site that is lost under load, and comes back', () => {
  let trials: readonly TrialReport[];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-replication-'));
    trials = await playTrials({ runs: RUNS, seed: SEED, clock: new SystemClock(), folder, say });
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(Array.from({ length: RUNS }, (_, index) => index))(
    'run %i: every acknowledged record is at b or stranded, the tail is within its certificate, and none is lost in the end',
    (index) => {
      const trial = trials[index];
      expect(trial?.violations).toEqual([]);
      expect(trial?.recordsPerSecond).toBeGreaterThan(LOADED_PER_SECOND);
    },
  );
});
