import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaJars, KROXYLICIOUS } from './cache.js';
import { java } from './java.js';
import type { Command } from './part.js';
import { onPath } from './preflight.js';
import type { RunDirectory } from './run-directory.js';

/** What no proxy, and no cluster behind it, can be started without, and is not here. */
export function missingForProxies(): string[] {
  const programs = ['java', 'ip', 'setpriv'].filter((program) => !onPath(program));
  const jars = [kafkaJars(), KROXYLICIOUS].filter((folder) => !existsSync(folder));
  return [...programs, ...jars];
}

/**
 * A real Kroxylicious that follows a configuration file, read once. It has no address to bind to: it listens on all of
 * them, as in a pod of its own.
 */
export const kroxylicious = (directory: RunDirectory, name: string, file: string): Command =>
  java(directory, name, 'none', ['RunProxy', file], `${KROXYLICIOUS}:${join(KROXYLICIOUS, '*')}`);
