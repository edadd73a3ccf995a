import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clock, until } from './condition.js';
import { connectCall } from './connect.js';
import { kafkaClient } from './kafka.js';
import { Lab } from './lab.js';
import { type KafkaSite, Layout, PORTS } from './layout.js';
import { missingAddresses } from './loopback.js';
import { isAlive, Processes } from './processes.js';
import { RunDirectory } from './run-directory.js';

const SOON_MS = 60_000;

const IN_FLIGHT_BYTES = 20_000;
/** A broker that was frozen for longer than its session (1.5 s) may refuse what it finds after the thaw. */
const IN_FLIGHT_ATTEMPTS = 10;

/** What the kernel holds for each connection to a port of a Java program, which has not read it. */
function bytesWaiting(address: string, port: number): number[] {
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
  const reversed = address
    .split('.')
    .reverse()
    .map((octet) => hex(Number(octet), 2));
  const local = `${reversed.join('')}:${hex(port, 4)}`;
  const lines = readFileSync('/proc/net/tcp6', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return lines
    .filter((fields) => fields[1]?.endsWith(local))
    .map((fields) => parseInt(fields[4]?.split(':')[1] ?? '0', 16));
}

const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'accepted',
    () => 'refused',
  );

describe('the lab', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.up({ signalbox: false });
  }, 300_000);

  afterAll(async () => {
    await lab?.down();
  });

  const client = (site: KafkaSite) => kafkaClient(lab.layout, lab.run, site, 'app', PORTS.kafkaClient);

  async function produce(site: KafkaSite, value: string): Promise<void> {
    const producer = client(site).producer();
    try {
      await producer.connect();
      await producer.send({ topic: 'orders', acks: -1, messages: [{ value }] });
    } finally {
      await producer.disconnect();
    }
  }

  async function recordsAt(site: KafkaSite): Promise<number> {
    const admin = client(site).admin();
    try {
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets('orders');
      return offsets.reduce((sum, { offset }) => sum + Number(offset), 0);
    } finally {
      await admin.disconnect();
    }
  }

  const expectSoon = <T>(what: string, attempt: () => Promise<T>) => until(what, SOON_MS, attempt);
  const countAt = (site: KafkaSite) => expectSoon(`${site} tells its records`, () => recordsAt(site));
  const mirrored = (count: number) =>
    expectSoon(`${count} records at b`, async () => {
      const found = await recordsAt('b');
      if (found < count) throw new Error(`${found} records`);
      return found;
    });

  async function etcdRead(site: 'a' | 'b' | 'w'): Promise<number> {
    const answer = await fetch(`${lab.site(site).etcdUrl}/v3/kv/range`, {
      method: 'POST',
      body: JSON.stringify({ key: Buffer.from('any').toString('base64') }),
      signal: AbortSignal.timeout(1_500),
    });
    return answer.status;
  }

  /** What does not answer in time is shown as such, which would be a difference. */
  const wholeSnapshot = () =>
    expectSoon('everything can be read', async () => {
      const shown = await lab.snapshot();
      expect(shown).not.toContain('"unreachable"');
      return shown;
    });
  /** Connect refuses while its workers are dividing up their work. */
  const connector = (what: 'pause' | 'resume') =>
    expectSoon(`${what} is taken`, () => connectCall(lab.layout, 'b', 'PUT', `/connectors/a-to-b-source/${what}`));
  const hasQuorum = (site: 'a' | 'b' | 'w') =>
    expectSoon(`${site} has a quorum`, async () => expect(await etcdRead(site)).toBe(200));

  it('mirrors a record from a to b', async () => {
    await produce('a', 'first');
    expect(await mirrored(1)).toBe(1);
  });

  it('refuses a write by a principal that has no permission', async () => {
    const producer = kafkaClient(lab.layout, lab.run, 'a', 'mm2-ab', PORTS.kafkaClient).producer();
    try {
      await producer.connect();
      await expect(producer.send({ topic: 'orders', messages: [{ value: 'x' }] })).rejects.toThrow(/not authorized/i);
    } finally {
      await producer.disconnect();
    }
  });

  it('reads the same snapshot twice while nothing is changed, and another one after a change', async () => {
    const before = await wholeSnapshot();
    expect(before).toContain('"kafka.signalbox.test 1 A 127.');
    expect(before).toContain('"ALLOW User:app ALL from * on LITERAL TOPIC orders"');
    expect(JSON.parse(before)).toMatchObject({
      sites: { b: { clientConfig: { epoch: 0, data: { 'bootstrap.servers': lab.site('a').kafka.clientAddress } } } },
    });
    await produce('a', 'second');
    await mirrored(2);
    expect(await wholeSnapshot()).toBe(before);
    await connector('pause');
    await expectSoon('the pause shows', async () => expect(await wholeSnapshot()).not.toBe(before));
    await connector('resume');
    await expectSoon('everything is as before', async () => expect(await lab.snapshot()).toBe(before));
  });

  it('freezes a Kafka, which then answers nothing, and thaws it', async () => {
    lab.freeze('a');
    expect(await outcome(produce('a', 'frozen'))).toBe('refused');
    lab.thaw('a');
    await expectSoon('a takes writes again', () => produce('a', 'thawed'));
  });

  it('closes the client listener of a frozen broker, so that nothing is acknowledged later either', async () => {
    const ladder = (command: string) => {
      const { stdout, status } = spawnSync(lab.run.file('ladder-a.sh'), [command], { encoding: 'utf8' });
      return { says: stdout.trim(), code: status };
    };
    /** @returns how many of the records that were in flight the broker did append: none or one. */
    const closeOnRequestInFlight = async (): Promise<number> => {
      const producer = client('a').producer();
      const send = (value: string) => producer.send({ topic: 'orders', acks: -1, messages: [{ value }] });
      try {
        await producer.connect();
        await expectSoon('the producer writes', () => send('open'));
        const before = await countAt('a');
        lab.freeze('a');
        const inFlight = outcome(send('x'.repeat(IN_FLIGHT_BYTES)));
        await expectSoon('the request waits in the frozen broker', async () =>
          expect(Math.max(...bytesWaiting(lab.site('a').address, PORTS.kafkaClient))).toBeGreaterThan(IN_FLIGHT_BYTES),
        );
        ladder('close');
        ladder('close');
        lab.thaw('a');
        expect(await inFlight).toBe('refused');
        expect(await outcome(send('old connection'))).toBe('refused');
        expect(await outcome(produce('a', 'new connection'))).toBe('refused');
        expect(ladder('status')).toEqual({ says: 'closed', code: 1 });
        ladder('open');
        ladder('open');
        expect(ladder('status')).toEqual({ says: 'open', code: 0 });
        return (await countAt('a')) - before;
      } finally {
        lab.thaw('a');
        ladder('open');
        await producer.disconnect();
      }
    };
    // Only a request that the broker did append proves that its acknowledgement was kept back.
    let appended = 0;
    for (let attempt = 0; appended === 0 && attempt < IN_FLIGHT_ATTEMPTS; attempt++)
      appended = await closeOnRequestInFlight();
    expect(appended).toBe(1);
    await expectSoon('a takes writes again', () => produce('a', 'after opening'));
  });

  it('isolates a site: its journal member loses the others, and heals', async () => {
    await hasQuorum('a');
    lab.isolate('a');
    await expectSoon('a has no quorum', async () => expect(await outcome(etcdRead('a'))).toBe('refused'));
    await hasQuorum('b');
    lab.heal();
    await hasQuorum('a');
  });

  it('kills a site, keeps it down, and brings it back with its data', async () => {
    const before = await countAt('a');
    await lab.kill('a');
    expect(lab.run.processes().filter((record) => record.site === 'a' && isAlive(record))).toEqual([]);
    expect(await outcome(recordsAt('a'))).toBe('refused');
    await hasQuorum('b');
    await lab.restart('a');
    expect(await countAt('a')).toBeGreaterThanOrEqual(before);
  });

  it('brings back a process that died, and not one that is held', async () => {
    const first = lab.run.process('b', 'redis');
    await lab.killProcess('b', 'redis');
    await expectSoon('Redis is back', async () => {
      const now = lab.run.process('b', 'redis');
      expect(now?.pid).not.toBe(first?.pid);
    });
    await lab.holdProcess('b', 'redis');
    await clock.sleep(1_500);
    expect(
      lab.run.processes().filter((record) => record.name === 'redis' && record.site === 'b' && isAlive(record)),
    ).toEqual([]);
    lab.releaseProcess('b', 'redis');
    await expectSoon('Redis is back', async () =>
      expect(isAlive(lab.run.process('b', 'redis') ?? { pid: 0, startTime: '' })).toBe(true),
    );
  });

  it('leaves nothing behind', async () => {
    const records = lab.run.processes();
    const added = lab.run.owner()?.addedAddresses ?? [];
    lab.cut('a', 'b');
    await lab.down();
    expect(records.filter(isAlive)).toEqual([]);
    expect(existsSync(lab.run.path)).toBe(false);
    expect(execFileSync('iptables', ['-w', '5', '-S'], { encoding: 'utf8' })).not.toContain(`${lab.layout.tag}:`);
    const present = (networkInterfaces()['lo'] ?? []).map((entry) => entry.address);
    expect(added.filter((address) => present.includes(address))).toEqual([]);
  });
});

describe('a lab whose owner is gone', () => {
  it('is taken down, also after SIGKILL', async () => {
    const layout = Layout.fromEnvironment();
    const run = new RunDirectory(layout.runDirectory);
    const script = `import { Lab } from ${JSON.stringify(join(import.meta.dirname, 'lab.js'))}; await Lab.up({ parts: ['redis', 'bind'] }); console.log('up');`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    const records = run.processes();
    expect(records.filter(isAlive)).toHaveLength(5);
    owner.kill('SIGKILL');
    await until('nothing is left', SOON_MS, async () => {
      expect(records.filter(isAlive)).toEqual([]);
      expect(run.exists()).toBe(false);
    });
    expect(missingAddresses([layout.address('a')])).toEqual([layout.address('a')]);
  });
});

describe('a lab that cannot start', () => {
  const layout = Layout.fromEnvironment();

  it('names every port that is taken, and leaves nothing behind', async () => {
    const server = createServer().listen(PORTS.redis, layout.address('b'));
    await once(server, 'listening');
    await expect(Lab.up({ parts: ['redis'] })).rejects.toThrow(
      `${layout.address('b')}:${PORTS.redis} (Redis of site b)`,
    );
    server.close();
    expect(existsSync(layout.runDirectory)).toBe(false);
  });

  it('does not touch a lab that somebody else owns', async () => {
    const lab = await Lab.up({ parts: ['redis'] });
    await expect(Lab.up({ parts: ['redis'] })).rejects.toThrow(`lab ${layout.net} is up already`);
    expect(lab.run.processes().filter(isAlive)).toHaveLength(2);
    await lab.down();
  });

  it('shows the end of the log of what does not start', async () => {
    const lab = await Lab.up({ parts: ['redis'] });
    const record = lab.run.process('a', 'redis');
    if (record === undefined) throw new Error('Redis of site a has no record');
    await lab.holdProcess('a', 'redis');
    const processes = new Processes(lab.layout, lab.run);
    await expect(processes.ready(record, 1_000, () => Promise.resolve())).rejects.toThrow(
      /ended before it was ready[^]*Redis version/,
    );
    await lab.down();
  });
});
