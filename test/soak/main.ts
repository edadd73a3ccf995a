import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { messageOf } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { Command, InvalidArgumentError } from 'commander';
import { setStage } from '../demo/stage.js';
import { Lab } from '../lab/lab.js';
import { drawn, slopeKbPerMinute, type Curve } from './curve.js';
import { moveOnce, type Moved } from './movement.js';
import { ResidentMemory } from './resident-memory.js';

const LOOK_MS = 5_000;
const MOVE_MS = 90_000;

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number from 1');
};
const { minutes, out } = new Command('npm run soak --')
  .description('Two sites and a witness at work for a while; how much memory every process of Signalbox holds.')
  .option('--minutes <count>', 'how long', wholeNumber, 20)
  .option('--out <folder>', 'where the picture and the figures go; a temporary folder without it')
  .parse(process.argv.slice(2), { from: 'user' })
  .opts<{ minutes: number; out?: string }>();

const folder = out ?? mkdtempSync(join(tmpdir(), 'signalbox-soak-'));
mkdirSync(folder, { recursive: true });
const story = join(folder, 'story.log');
const print = (line: string) => appendFileSync(story, `${line}\n`);
const clock = new SystemClock();
// Whatever moves was asked for: a machine too busy to keep a cluster well starts no failover.
const lab = await Lab.up({ mode: 'approve', onProgress: print });
const options = {
  fault: 'none',
  mode: 'approve',
  until: 'failover',
  planned: true,
  keep: false,
  json: false,
} as const;
const stage = await setStage(lab, options, { clock, print, auditFile: join(folder, 'audit.ndjson') });
const memory = new ResidentMemory(lab);
const moves: Moved[] = [];

const sinceMs = clock.monotonicMs();
const elapsedMs = () => clock.monotonicMs() - sinceMs;
const stopLooking = clock.every(LOOK_MS, async () => memory.look(elapsedMs()));
while (elapsedMs() < minutes * 60_000) {
  await clock.sleep(Math.min(MOVE_MS, Math.max(0, minutes * 60_000 - elapsedMs())));
  // While the machine is too busy nothing moves, and the memory is looked at all the same.
  moves.push(await moveOnce(stage).catch((error: unknown) => ({ kind: 'switchover', problem: messageOf(error) })));
  print(JSON.stringify(moves.at(-1)));
}
stopLooking();

const tail = ({ points }: Curve) => points.filter(({ atMs }) => atMs > elapsedMs() / 2);
const figures = {
  minutes,
  runs: moves.filter(({ problem }) => problem === undefined).length,
  problems: moves.flatMap(({ problem }) => problem ?? []),
  /** From the middle on: a process takes what it needs in its first minutes. */
  processes: memory.curves.map((curve) => ({
    process: curve.process,
    firstKb: tail(curve)[0]?.rssKb ?? null,
    lastKb: curve.points.at(-1)?.rssKb ?? null,
    slopeKbPerMinute: Math.round(slopeKbPerMinute(tail(curve))),
  })),
};
writeFileSync(join(folder, 'soak.json'), `${JSON.stringify({ ...figures, curves: memory.curves })}\n`);
writeFileSync(join(folder, 'soak.svg'), drawn(memory.curves, `Resident memory of Signalbox over ${minutes} minutes`));
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n${folder}\n`);
await lab.down();
process.exit(0);
