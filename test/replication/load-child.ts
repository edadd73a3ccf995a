import { argv, env, stdout } from 'node:process';
import { SystemClock } from '#libs/runtime';
import { LoadWriters, type Login } from './load-writers.js';

/**
 * A client that knows brokers and no name: it writes to the first that takes it, and goes on with the next one when that
 * refuses or does not answer, until it is ended.
 */
const [addresses = '', name = '', pauseMs = '20'] = argv.slice(2);
const RETRY_MS = 50;
const clock = new SystemClock();
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const logins = addresses
  .split(',')
  .map((address) => ({ address, username: env['LOAD_USERNAME'] ?? '', password: env['LOAD_PASSWORD'] ?? '' }));
const tell = (told: string, records: readonly object[]) =>
  void stdout.write(`${JSON.stringify({ told, at: clock.now(), records })}\n`);
const writers = new LoadWriters(name, tell, () => clock.now());
const pause = () => clock.sleep(Number(pauseMs), stop.signal);
const again = async (write: (login: Login) => Promise<void>): Promise<void> => {
  for (let attempt = 0; !stop.signal.aborted; attempt++) {
    const login = logins[attempt % logins.length];
    if (login) await write(login).catch(() => undefined);
    await clock.sleep(RETRY_MS, stop.signal);
  }
};
await Promise.all([
  again((login) => writers.plain(login, stop.signal, pause)),
  again((login) => writers.transactions(login, stop.signal, pause)),
]);
process.exit(0);
