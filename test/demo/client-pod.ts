import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { SystemClock } from '#libs/runtime';
import { GroupConsumer } from './consumer.js';
import { follow, type Session } from './follow.js';
import { kafkaAt } from './kafka-login.js';
import type { KafkaSite } from './ledger.js';
import { SequenceProducer } from './producer.js';

/**
 * An application in a pod: it produces and consumes at the proxy beside it and knows no other address. What it sees it writes
 * down in a folder of the node, one event a line, in a file of its own: that is there when the pod is gone.
 */
const ENDS_WITHIN_MS = 1_000;
/** It has nowhere else to go. */
const STAYS_MS = 60_000;

const given = (name: string): string => env[name] ?? '';
const clock = new SystemClock();
const pod = given('HOSTNAME');
const login = { username: given('DEMO_USERNAME'), password: given('DEMO_PASSWORD') };
const topic = given('DEMO_TOPIC');
const proxy = given('DEMO_PROXY');
const seen = join(given('DEMO_SEEN'), `${pod}.ndjson`);
const say = (saw: 'acknowledge' | 'fail' | 'consume') => (record: object) =>
  appendFileSync(seen, `${JSON.stringify({ saw, record })}\n`);

const producer = new SequenceProducer({
  name: `${given('DEMO_NAME')}-${pod}`,
  topic,
  login,
  clock,
  ledger: { acknowledge: say('acknowledge'), fail: say('fail') },
});
const consumer = new GroupConsumer({
  groupId: given('DEMO_GROUP'),
  topic,
  login,
  clock,
  ledger: { consume: say('consume') },
});

/** A proxy leaves a cluster's id as it is: that tells where it leads. */
async function siteBehind(address: string): Promise<KafkaSite> {
  const admin = kafkaAt(address, login).admin();
  try {
    await admin.connect();
    const { clusterId } = await admin.describeCluster();
    if (clusterId === given('DEMO_CLUSTER_A')) return 'a';
    if (clusterId === given('DEMO_CLUSTER_B')) return 'b';
    throw new Error(`${address} leads to a cluster ${clusterId}`);
  } finally {
    void admin.disconnect().catch(() => undefined);
  }
}

const stop = new AbortController();
process.once('SIGTERM', () => {
  stop.abort();
  // Whatever hangs on a broker that stands still gets no answer any more.
  void clock.sleep(ENDS_WITHIN_MS).then(() => process.exit(0));
});
const there = () => Promise.resolve({ address: proxy, ttlMs: STAYS_MS });
const through =
  (session: (address: string, site: KafkaSite, leave: AbortSignal) => Promise<void>): Session =>
  async (address, leave) =>
    session(address, await siteBehind(address), leave);
await Promise.all([
  follow(
    there,
    clock,
    stop.signal,
    through((...session) => producer.produceAt(...session)),
  ),
  follow(
    there,
    clock,
    stop.signal,
    through((...session) => consumer.consumeAt(...session)),
  ),
]);
process.exit(0);
