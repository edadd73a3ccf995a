import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '#libs/runtime';
import type { Ground } from './ground.js';
import { playLoss, type LossReport } from './loss.js';
import { playThereAndBack, type ThereAndBackReport } from './there-and-back.js';
import { lineOfLoss, lineOfMoves, playTrials } from './trials.js';

/** Less than half of what it is on a machine that does nothing else. */
const LOADED_PER_SECOND = 500;

interface Both {
  readonly loss: LossReport;
  readonly moves: ThereAndBackReport;
}

const clock = new SystemClock();
const say = (line: string) => void process.stderr.write(`${line}\n`);
const playBoth = async (ground: Ground, seed: number): Promise<Both> => ({
  loss: await playLoss(ground, seed),
  moves: await playThereAndBack(ground, seed),
});

/** One of each, on one lab; `npm run replication` plays many. */
describe('replication under load', () => {
  let both: Both | undefined;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-replication-'));
    const course = { runs: 1, perLab: 1, seed: 1, clock, folder, say };
    [both] = await playTrials(course, playBoth, ({ loss, moves }) => `${lineOfLoss(loss)}\n${lineOfMoves(moves)}`);
    rmSync(folder, { recursive: true, force: true });
  });

  it('of a lost site: the tail is within its certificate, nothing is lost in the end, and the way home copies only what is new', () => {
    expect(both?.loss.violations).toEqual([]);
    expect(both?.loss.recordsPerSecond).toBeGreaterThan(LOADED_PER_SECOND);
  });

  it('of a planned move and the way home: nothing is lost or there twice, both sites hold the same, and a second direction is noticed', () => {
    expect(both?.moves.violations).toEqual([]);
    expect(both?.moves.recordsPerSecond).toBeGreaterThan(LOADED_PER_SECOND);
  });
});
