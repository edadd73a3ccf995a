import { parentPort } from 'node:worker_threads';
import { scheduleOf } from './faults/schedule.js';
import type { Errand, Life } from './fleet.js';
import { mixOf } from './mutations/mix-of.js';
import { useQuickSignatures } from './kernel/quick-signatures.js';
import { play } from './play.js';
import { KEY_PAIRS } from './world/ground.js';

/** A thread that lives through one seed after the other, as it is told. */
const port = parentPort;
if (!port) throw new Error('this is a thread of the fleet');
useQuickSignatures(KEY_PAIRS);
// Errors are what most of this is about, and nobody reads where they were made.
Error.stackTraceLimit = 0;
port.on('message', (errand: Errand) => void live(errand).then((life) => port.postMessage(life)));

async function live({ seed, hours, hunt, isSample }: Errand): Promise<Life> {
  const schedule = scheduleOf(seed, hours, mixOf(hunt));
  const before = process.threadCpuUsage();
  const played = await play(schedule);
  const { user, system } = process.threadCpuUsage(before);
  const life = { ...played, transcript: [], cpuMs: (user + system) / 1_000 };
  if (!isSample) return life;
  return { ...life, isRepeatable: (await play(schedule)).hash === played.hash };
}
