import { createConnection } from 'node:net';
import { KAFKA_SITES, PORTS, SITES, type KafkaSite, type LabSite } from '../../lab/layout.js';
import { pick } from '../../demo/random-kill.js';
import { nothingToMend, type Around, type Fault, type Strike } from './strike.js';

const FLUSH_EVERY_MS = 200;
const DNS_STOPPED_MS = 10_000;
const SLOW_FOR_MS = 6_000;
const SLOW_PULSE_MS = 250;
const CUT_FOR_MS = 6_000;
const ANSWERS_WITHIN_MS = 1_000;

/** FLUSHALL on every Redis, again and again while the run lasts. */
export const redisFlushed: Fault = {
  lasts: 'run',
  strike: ({ lab, clock }) => {
    let flushes = 0;
    const stop = clock.every(FLUSH_EVERY_MS, async () => {
      const flushed = await Promise.allSettled(KAFKA_SITES.map((site) => flush(lab.site(site).address)));
      flushes += flushed.filter(({ status }) => status === 'fulfilled').length;
    });
    const strike: Strike = {
      get what() {
        return `FLUSHALL on every Redis, ${flushes} times`;
      },
      mend: () => Promise.resolve(stop()),
    };
    return Promise.resolve(strike);
  },
};

/** Killed before the run begins, and back when it is over. */
export const noRedis: Fault = {
  lasts: 'run',
  strike: async ({ lab }) => {
    for (const site of KAFKA_SITES) await lab.holdProcess(site, 'redis');
    return {
      what: 'no Redis at all',
      mend: () => Promise.resolve(KAFKA_SITES.forEach((site) => lab.releaseProcess(site, 'redis'))),
    };
  },
};

/** The primary, which takes the updates, is gone for ten seconds. */
export const dnsStopped: Fault = {
  lasts: 'moment',
  strike: async ({ lab, clock }) => {
    await lab.holdProcess('w', 'bind');
    const back = clock.sleep(DNS_STOPPED_MS).then(() => lab.releaseProcess('w', 'bind'));
    return { what: `the DNS primary stopped for ${DNS_STOPPED_MS} ms`, mend: () => back };
  },
};

export const connectKilled: Fault = {
  lasts: 'moment',
  strike: async ({ lab }, { choice }) => {
    const site: KafkaSite = pick(KAFKA_SITES, choice) ?? 'b';
    await lab.killProcess(site, 'connect');
    return { what: `the Connect worker of ${site} killed`, mend: nothingToMend };
  },
};

/** Stopped and continued in short pulses: every call takes longer, and none is lost. */
export const kafkaSlow: Fault = {
  lasts: 'moment',
  strike: ({ lab, clock }) => {
    const pulses = async () => {
      for (let spentMs = 0; spentMs < SLOW_FOR_MS; spentMs += 2 * SLOW_PULSE_MS) {
        lab.freeze('b');
        await clock.sleep(SLOW_PULSE_MS);
        lab.thaw('b');
        await clock.sleep(SLOW_PULSE_MS);
      }
    };
    const over = pulses().finally(() => lab.thaw('b'));
    over.catch(() => undefined);
    return Promise.resolve({ what: `Kafka of b at half its speed for ${SLOW_FOR_MS} ms`, mend: () => over });
  },
};

export const etcdLeaderKilled: Fault = {
  lasts: 'moment',
  strike: async (around) => {
    const site = await etcdLeader(around);
    await around.lab.killProcess(site, 'etcd');
    return { what: `etcd's leader, at ${site}, killed`, mend: nothingToMend };
  },
};

/** Cut off from the other members; its own clients go on asking it. */
export const etcdLeaderCut: Fault = {
  lasts: 'moment',
  strike: async (around) => {
    const { lab, clock } = around;
    const site = await etcdLeader(around);
    lab.cutMember(site);
    const healed = clock.sleep(CUT_FOR_MS).then(() => lab.heal());
    return { what: `etcd's leader, at ${site}, cut from the other members for ${CUT_FOR_MS} ms`, mend: () => healed };
  },
};

const etcdLeader = async ({ lab }: Around): Promise<LabSite> => {
  for (const site of SITES) {
    const status = await memberStatus(lab.site(site).etcdUrl).catch(() => undefined);
    if (status && status.leader === status.member) return site;
  }
  throw new Error('no member of the journal says that it leads');
};

const memberStatus = async (url: string): Promise<{ readonly member: string; readonly leader: string }> => {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const answer = await fetch(`${url}/v3/maintenance/status`, { method: 'POST', body: '{}', signal });
  const { header, leader } = (await answer.json()) as {
    readonly header: { readonly member_id: string };
    readonly leader: string;
  };
  return { member: header.member_id, leader };
};

const flush = (host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ host, port: PORTS.redis, timeout: ANSWERS_WITHIN_MS });
    socket.once('connect', () => socket.write('FLUSHALL\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error(`Redis of ${host} does not answer`)));
    socket.once('error', reject);
  });
