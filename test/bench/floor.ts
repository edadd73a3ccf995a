import { Clients } from '../demo/clients.js';
import { firstServed } from '../demo/ledger.js';
import { KAFKA_NAME } from '../lab/bind.js';
import { clock, until } from '../lab/condition.js';
import { TOPIC } from '../lab/flow.js';
import { Lab } from '../lab/lab.js';
import { BareFailover } from './bare-failover.js';
import { sampleOf, type Sample, type Term, type Wait } from './terms.js';

const FLOWING_WITHIN_MS = 60_000;
const FLOWING_RECORDS = 20;
const SERVED_WITHIN_MS = 60_000;
const POLL_MS = 10;

/**
 * What a failover takes that is nothing but its calls: the same lab without Signalbox, the same clients, the same fault.
 * The calls begin when the dwell would be over, since a mirror stops the faster the longer its source has been dead.
 */
export const measureFloor = async (dwellMs: number, say: (line: string) => void): Promise<Sample> => {
  const lab = await Lab.up({ parts: ['kafka', 'connect', 'bind'], onProgress: say });
  const bare = new BareFailover(lab);
  const clients = clientsOf(lab);
  try {
    await bare.raiseStandingFence();
    clients.start();
    await until('records flow through A', FLOWING_WITHIN_MS, () => expectFlow(clients));
    await lab.kill('a');
    await clock.sleep(dwellMs);
    return await failOver(bare, clients);
  } finally {
    await clients.stopFollowing();
    await bare.close();
    await lab.down();
  }
};

/** In the order of a failover plan: the mirror may be stopping while B is promoted, and has stopped before clients come. */
const failOver = async (bare: BareFailover, clients: Clients): Promise<Sample> => {
  const startedAt = clock.now();
  const waits: Wait[] = [];
  const wait = async (term: Term, work: Promise<void>) => {
    await work;
    waits.push([term, clock.now()]);
  };
  const stopped = bare.stopMirror();
  // Its failure is met where it is waited for.
  stopped.catch(() => undefined);
  await wait('mirror', bare.denyMirror());
  await wait('mirror', bare.readPositions());
  await wait('promote', bare.promote());
  await wait('mirror', stopped);
  await wait('dns', bare.redirect());
  const servedAt = await until('a client is served at B', SERVED_WITHIN_MS, () => expectServed(clients), POLL_MS);
  return sampleOf(startedAt, waits, servedAt);
};

const clientsOf = (lab: Lab): Clients => {
  const login = { username: 'app', password: lab.password('app') };
  return new Clients({ lab, clock, name: KAFKA_NAME, topic: TOPIC, groupId: 'app-bench', login, pinned: false });
};

const expectFlow = async ({ ledger }: Clients): Promise<void> => {
  const records = Math.min(ledger.acknowledged.length, ledger.consumed.length);
  if (records < FLOWING_RECORDS) throw new Error(`${records} records so far`);
};

const expectServed = async ({ ledger }: Clients): Promise<number> => {
  const served = firstServed(ledger, 'b');
  if (!served) throw new Error('not yet');
  return served.consumedAt;
};
