import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const ENDS_WITHIN_MS = 120_000;

export interface CommandAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** For its standard input; there is none when absent. */
  readonly input?: string;
  readonly cwd?: string;
}

/** Runs a program to its end, whatever its exit code. Throws when it does not start. */
export async function runCommand(
  file: string,
  args: readonly string[],
  { env, input, cwd }: CommandOptions = {},
): Promise<CommandAnswer> {
  const child = spawn(file, args, {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    timeout: ENDS_WITHIN_MS,
    killSignal: 'SIGKILL',
    ...(cwd !== undefined && { cwd }),
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  // One that ends before it has read all says why on its standard error.
  child.stdin?.on('error', () => undefined).end(input);
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout!), text(child.stderr!)]);
  return { code, stdout, stderr };
}
