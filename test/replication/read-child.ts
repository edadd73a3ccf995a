import { argv, env, stdout } from 'node:process';
import kafkajs from 'kafkajs';
import { SystemClock } from '#libs/runtime';
import { READ_IN_FULL } from './topics.js';

/** One member of a consumer group at one broker. It tells which records it was given; it starts anew until it is ended. */
const [address = '', groupId = ''] = argv.slice(2);
const RETRY_MS = 200;
const clock = new SystemClock();
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const kafka = new kafkajs.Kafka({
  clientId: 'reader',
  brokers: [address],
  sasl: { mechanism: 'plain', username: env['LOAD_USERNAME'] ?? '', password: env['LOAD_PASSWORD'] ?? '' },
  logLevel: kafkajs.logLevel.NOTHING,
});

/** Until it is ended, or the client gave up. */
async function read(): Promise<void> {
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    sessionTimeout: 6_000,
    heartbeatInterval: 500,
    maxWaitTimeInMs: 200,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  stop.signal.addEventListener('abort', () => resolve(), { once: true });
  consumer.on(consumer.events.CRASH, () => resolve());
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...READ_IN_FULL], fromBeginning: true });
    await consumer.run({
      autoCommitInterval: 200,
      eachBatch: ({ batch }) => {
        const ids = batch.messages.map(({ value }) => String(value));
        return new Promise((told) => stdout.write(`${JSON.stringify({ ids })}\n`, () => told()));
      },
    });
    await ended;
  } finally {
    await consumer.disconnect();
  }
}

while (!stop.signal.aborted) {
  await read().catch(() => undefined);
  await clock.sleep(RETRY_MS, stop.signal);
}
process.exit(0);
