import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../lab/lab.js';
import type { Login } from './kafka-login.js';
import type { Acknowledged, Ledger, RecordId, Unacknowledged } from './ledger.js';

/** How the records of such a producer are told from those of the application. */
export const PINNED = 'pinned';
export const isPinned = (id: RecordId): boolean => id.startsWith(PINNED);
const PROGRAM = fileURLToPath(import.meta.resolve('./pinned-producer.js'));

type Report =
  | { readonly saw: 'acknowledge'; readonly record: Acknowledged }
  | { readonly saw: 'fail'; readonly record: Unacknowledged };

/** Runs the pinned producer as part of site A: cut off with it, so that only a fence can stop it there. */
export const startPinnedClient = (
  lab: Lab,
  { name, topic, login }: { readonly name: string; readonly topic: string; readonly login: Login },
  ledger: Ledger,
): { stop(): Promise<void> } => {
  const command = {
    file: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', PROGRAM, lab.site('a').kafka.clientAddress, topic, name],
    env: { DEMO_USERNAME: login.username, DEMO_PASSWORD: login.password },
  };
  const child = lab.spawnAt('a', 'pinned-producer', command, ['ignore', 'pipe', 'inherit']);
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  lines.on('line', (line) => {
    const report = JSON.parse(line) as Report;
    if (report.saw === 'acknowledge') ledger.acknowledge(report.record);
    else ledger.fail(report.record);
  });
  const ended = once(lines, 'close');
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};
