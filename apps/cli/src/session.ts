import { readFile } from 'node:fs/promises';
import { IdempotencyKeyWire, keyringOf, type Keyring } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import type { Session, Terminal } from './command.js';
import { UsageError } from './errors.js';
import { OperatorApi } from './operator-api.js';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly config: string;
  readonly api?: readonly string[];
  readonly tokenFile?: string;
  readonly idempotencyKey?: string;
}

/** What the program gets from the process it runs in. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly random: Random;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly interruption: () => AbortSignal;
  /** How long one orchestrator may take; by default what a person would wait for. */
  readonly answerWithinMs?: number;
}

export const openSession = async (
  options: GlobalOptions,
  { terminal, clock, random, environment, interruption, answerWithinMs }: Surroundings,
  withoutLogin = false,
): Promise<Session> => {
  const token = withoutLogin ? '' : await readToken(options.tokenFile, environment['SIGNALBOX_TOKEN']);
  const endpoints = options.api ?? (await loadTopology(options.config)).sites.map((site) => site.api);
  const api = new OperatorApi({
    endpoints: endpoints.map(checkedUrl),
    token,
    note: (text) => terminal.err(text),
    ...(answerWithinMs !== undefined && { deadlineMs: answerWithinMs }),
    idempotencyKey: checkedKey(options.idempotencyKey ?? random.id()),
  });
  return { api, terminal, clock, json: options.json ?? false, config: options.config, interruption };
};

/** The sites' public keys, when signalbox.yaml is at hand: an export can be kept where it is not. */
export const keyringIn = (config: string): Promise<Keyring | undefined> =>
  loadTopology(config).then(keyringOf, () => undefined);

/** Never an argument: every user of the machine can read those. */
const readToken = async (file: string | undefined, variable: string | undefined): Promise<string> => {
  if (file === undefined) {
    if (variable) return variable;
    throw new UsageError('no token', 'set SIGNALBOX_TOKEN, or name a file with --token-file');
  }
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new UsageError(`the token file cannot be read: ${messageOf(error)}`, 'check --token-file', { cause: error });
  }
};

const checkedUrl = (text: string): string => {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new UsageError(`${text} is not the address of an orchestrator`, 'write it like http://10.1.0.5:8080');
};

const checkedKey = (text: string): string => {
  const { success, error } = IdempotencyKeyWire.safeParse(text);
  if (success) return text;
  const want = error.issues.map(({ message }) => message).join('; ');
  throw new UsageError(`--idempotency-key ${text} cannot be used`, `write ${want}`);
};
