import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../lab/lab.js';
import type { LabSite } from '../lab/layout.js';

export interface RunningChild {
  /** Lets it finish what it has begun, and hears it to the end. */
  stop(): Promise<void>;
}

export interface ChildProgram {
  readonly name: string;
  /** A module of this folder. */
  readonly module: `./${string}.js`;
  readonly args: readonly string[];
}

/**
 * A client of Kafka's as a part of a site, cut off with it and killed with it; it logs in as the application, whom a
 * fence binds, and tells line by line, as JSON, what it saw.
 */
export function startChild(
  lab: Lab,
  at: LabSite,
  { name, module, args }: ChildProgram,
  take: (told: unknown) => void,
): RunningChild {
  const command = {
    file: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', fileURLToPath(import.meta.resolve(module)), ...args],
    env: { LOAD_USERNAME: 'app', LOAD_PASSWORD: lab.password('app') },
  };
  const child = lab.spawnAt(at, name, command, ['ignore', 'pipe', 'inherit']);
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  lines.on('line', (line) => {
    // What a killed process has written to the half is not told.
    if (line.endsWith('}')) take(JSON.parse(line));
  });
  const ended = once(lines, 'close');
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
