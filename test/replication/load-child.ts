import { argv, env, stdout } from 'node:process';
import { SystemClock } from '#libs/runtime';
import { LoadWriters } from './load-writers.js';

/** A client that knows one broker and no name: it goes on writing whatever happens, until it is ended. */
const [address = '', name = '', pauseMs = '20'] = argv.slice(2);
const RETRY_MS = 50;
const clock = new SystemClock();
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const login = { address, username: env['LOAD_USERNAME'] ?? '', password: env['LOAD_PASSWORD'] ?? '' };
const tell = (told: string, records: readonly object[]) => void stdout.write(`${JSON.stringify({ told, records })}\n`);
const writers = new LoadWriters(name, login, tell, () => clock.now());
const pause = () => clock.sleep(Number(pauseMs), stop.signal);
const again = async (write: () => Promise<void>): Promise<void> => {
  while (!stop.signal.aborted) {
    await write().catch(() => undefined);
    await clock.sleep(RETRY_MS, stop.signal);
  }
};
await Promise.all([
  again(() => writers.plain(stop.signal, pause)),
  again(() => writers.transactions(stop.signal, pause)),
]);
process.exit(0);
