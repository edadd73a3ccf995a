import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { SystemClock } from '#libs/runtime';
import { playCampaign } from './campaign.js';
import { parseOptions } from './options.js';
import { lineOf, summaryOf } from './report.js';

const options = parseOptions(process.argv.slice(2));
/** Standard output is the report's alone with --json. */
const say = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

// The lab has a process beside it that takes it down when this one is gone.
if (options.owned) process.stdin.resume().once('close', () => process.exit(1));

const report = await playCampaign({
  ...options,
  clock: new SystemClock(),
  logs: mkdtempSync(join(tmpdir(), 'signalbox-chaos-')),
  say,
  onRun: (run) => say(lineOf(run)),
});
process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : summaryOf(report)}\n`);
process.exit(report.violations.length === 0 && report.completed === options.runs ? 0 : 1);
