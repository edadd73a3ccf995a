import { argv, env, stdout } from 'node:process';
import { SystemClock } from '#libs/runtime';
import { SequenceProducer } from './producer.js';

/** A client inside site A that knows one broker and no name: it goes on writing whatever happens, until it is ended. */
/** Short, so that the first moment at which a broker answers again is seen. */
const PAUSE_MS = 20;

const [address = '', topic = '', name = ''] = argv.slice(2);
const clock = new SystemClock();
const say = (saw: 'acknowledge' | 'fail') => (record: object) =>
  void stdout.write(`${JSON.stringify({ saw, record })}\n`);
const producer = new SequenceProducer({
  name,
  topic,
  login: { username: env['DEMO_USERNAME'] ?? '', password: env['DEMO_PASSWORD'] ?? '' },
  clock,
  ledger: { acknowledge: say('acknowledge'), fail: say('fail') },
});
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
while (!stop.signal.aborted) {
  await producer.produceAt(address, 'a', stop.signal).catch(() => undefined);
  await clock.sleep(PAUSE_MS, stop.signal);
}
process.exit(0);
