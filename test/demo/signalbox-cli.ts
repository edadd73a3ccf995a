import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(import.meta.resolve('../../apps/cli/src/main.js'));
const TIMEOUT_MS = 60_000;
/** An exported audit of many runs is longer than Node's default of 1 MiB. */
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;

export interface CliAccess {
  readonly config: string;
  readonly tokenFile: string;
}

/** Runs the real command line; throws, with what it said, when it does not end with 0. */
export const signalbox = async ({ config, tokenFile }: CliAccess, ...args: readonly string[]): Promise<string> => {
  const options = ['--config', config, '--token-file', tokenFile];
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args, ...options], {
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return stdout;
};

/** As a person would type it. */
export const commandLine = (...args: readonly string[]): string => ['signalbox', ...args].join(' ');
