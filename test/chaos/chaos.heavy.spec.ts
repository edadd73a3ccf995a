import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '#libs/runtime';
import { playCampaign } from './campaign.js';
import { MutatedBuild, WITHOUT_SEAL_PASS } from './mutation.js';
import { lineOf, type ChaosReport, type RunReport } from './report.js';
import { scheduleOf } from './schedule.js';

/** From here on, every kind of fault that matters most comes within the first of the schedules. */
const SEED = 15;
const RUNS = 8;
const SEEDS = Array.from({ length: RUNS }, (_, index) => SEED + index);

/**
 * From the third run on the name moves again, under an epoch that was not sealed. One such move is enough, unless the
 * machine is so busy that the name's worker comes too late to say that it sealed.
 */
const MUTANT_RUNS = 9;
const MUTANT_SEED = 1;

const say = (line: string) => void process.stderr.write(`${line}\n`);

describe('runs under faults', () => {
  const logs = mkdtempSync(join(tmpdir(), 'signalbox-chaos-'));
  const played: RunReport[] = [];
  let report: ChaosReport;

  beforeAll(async () => {
    const onRun = (run: RunReport) => {
      played.push(run);
      say(lineOf(run));
    };
    report = await playCampaign({ runs: RUNS, seed: SEED, clock: new SystemClock(), logs, say, onRun });
    say(JSON.stringify(report));
  });

  it.each(SEEDS.map((seed) => [seed, scheduleOf(seed).fault] as const))(
    'seed %i, %s: is over, and nothing is wrong',
    (seed) => {
      const run = played.find(({ schedule }) => schedule.seed === seed);
      expect(run?.violations).toEqual([]);
      expect(run?.outcome).toMatch(/^completed/);
    },
  );

  it('has the resource itself refuse writes that come too late', () => {
    expect(report.staleWritesRefused).toBeGreaterThan(0);
    rmSync(logs, { recursive: true, force: true });
  });
});

describe('a build without the seal pass', () => {
  let build: MutatedBuild;

  beforeAll(() => {
    build = new MutatedBuild(WITHOUT_SEAL_PASS);
  });
  afterAll(() => build.remove());

  it('is caught: a stale write is taken by a resource that would have refused it', async () => {
    const options = [
      '--runs',
      String(MUTANT_RUNS),
      '--seed',
      String(MUTANT_SEED),
      '--fault',
      'none',
      '--bail',
      '--owned',
      '--json',
    ];
    const program = join(build.path, 'dist/test/chaos/main.js');
    const child = spawn(process.execPath, [program, ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
    const text: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => text.push(chunk));
    await once(child, 'close');
    const { violations } = JSON.parse(text.join('')) as ChaosReport;
    expect(violations.join('\n')).toMatch(/name\/\S+ took a write of epoch \d+ \(fresh\) with epoch \d+ in force/);
  });
});
