import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { chain, GENESIS, type ChainHead } from '#libs/audit';
import { NotificationEventWire } from '#libs/contracts';
import { epoch, groupId, OutcomeUnknownError, processId, UnavailableError } from '#libs/domain';
import { EtcdJournal, keys, SCHEMA } from '#libs/journal';
import { SystemClock, type ReadinessReport } from '#libs/runtime';
import type { Loose } from '../../../test/support/broken-topology.js';
import { freePort } from '../../../test/support/free-port.js';
import { RealEtcd } from '../../../test/support/real-etcd.js';
import { answering, silence, WebhookReceiver } from '../../../test/support/webhook-receiver.js';

const EXAMPLE = new URL('../../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);
const SOON_MS = 60_000;
const orders = groupId('orders');
const clock = new SystemClock();

const until = async <T>(what: string, attempt: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  const startedMs = clock.monotonicMs();
  for (;;) {
    const found = await (async () => attempt())().catch(() => undefined);
    if (found !== undefined) return found;
    if (clock.monotonicMs() - startedMs > SOON_MS) throw new Error(`${what}: not within ${SOON_MS} ms`);
    await clock.sleep(50);
  }
};

interface Running {
  readonly site: string;
  readonly process: ChildProcess;
  readonly url: string;
  readonly log: () => string;
}

describe('the notifiers of two sites', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-notifier-'));
  const file = (name: string) => join(directory, name);
  let etcd: RealEtcd;
  let journal: EtcdJournal;
  let receiver: WebhookReceiver;
  let silent: WebhookReceiver;
  let gone: WebhookReceiver;
  let head: ChainHead = GENESIS;
  const running = new Map<string, Running>();

  beforeAll(async () => {
    etcd = await RealEtcd.start(1);
    journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: 2_000 }, clock);
    [receiver, silent, gone] = await Promise.all([
      WebhookReceiver.start(),
      WebhookReceiver.start(),
      WebhookReceiver.start(),
    ]);
    silent.otherwise = silence;
    gone.otherwise = answering(410);
    writeFileSync(file('key'), `${WebhookReceiver.SECRET}\n`);
    const document: Loose = parse(readFileSync(EXAMPLE, 'utf8'));
    document.journal.members = { a: etcd.endpoints[0], b: etcd.endpoints[0], w: etcd.endpoints[0] };
    Object.assign(document.policy, { leaderTtlMs: 4_000, roundMs: 1_000, requestTimeoutMs: 1_500, pollMs: 500 });
    const webhook = { kind: 'webhook', secret: { file: file('key') } };
    document.channels = [
      { ...webhook, id: 'silent', url: `${silent.origin}/` },
      { ...webhook, id: 'gone', url: gone.origin },
      { ...webhook, id: 'chat', url: `${receiver.origin}/hook?token=query-secret` },
      { id: 'history', kind: 'file', path: file('events.ndjson'), minSeverity: 'critical' },
      { id: 'log', kind: 'log' },
    ];
    writeFileSync(file('signalbox.yaml'), stringify(document));
  });

  afterEach(async () => {
    for (const site of running.keys()) await kill(site);
  });

  afterAll(async () => {
    await journal?.close();
    await Promise.all([etcd?.end(), receiver?.end(), silent?.end(), gone?.end()]);
    rmSync(directory, { recursive: true });
  });

  async function start(site: string): Promise<Running> {
    const listen = `127.0.0.1:${await freePort()}`;
    const variables = { SIGNALBOX_CONFIG: file('signalbox.yaml'), SIGNALBOX_SITE: site, SIGNALBOX_LISTEN: listen };
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.js')], {
      env: { ...process.env, ...variables, LOG_LEVEL: 'debug' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const started = { site, process: child, url: `http://${listen}`, log: () => log };
    running.set(site, started);
    await until(`the notifier of ${site} is up`, () => (log.includes('is up') ? true : undefined));
    return started;
  }

  async function kill(site: string): Promise<void> {
    const { process: child } = running.get(site)!;
    running.delete(site);
    const exited = once(child, 'exit');
    if (child.kill('SIGKILL')) await exited;
  }

  /** As an orchestrator records a decision; the journal may be slow on a busy machine. */
  async function decide(rule: string): Promise<void> {
    const actor = { kind: 'process', id: 'orchestrator@b' } as const;
    const state = { before: 'steady', after: 'steady', epoch: epoch(1), evidence: {} };
    const entry = chain(head, { group: orders, at: clock.now(), actor, rule, ...state });
    head = entry;
    await until('the decision is recorded', async () => {
      try {
        const { committed } = await journal.commit({
          conditions: [],
          changes: [
            { kind: 'put', key: keys.auditEntry(orders, entry.sequence), value: JSON.stringify(entry) },
            {
              kind: 'put',
              key: keys.auditHead(orders),
              value: JSON.stringify({ sequence: entry.sequence, hash: entry.hash }),
            },
          ],
        });
        return committed || undefined;
      } catch (error) {
        if (error instanceof UnavailableError || error instanceof OutcomeUnknownError) return undefined;
        throw error;
      }
    });
  }

  const told = () => receiver.deliveries.map(({ headers }) => String(headers['webhook-id']));
  const leader = () =>
    until('somebody leads', async () => {
      const snapshot = await journal.read(keys.notifierLeader()).catch(() => undefined);
      return snapshot?.entries[0]?.value.match(/^notifier@(\w+)#/)?.[1];
    });
  const knows = (channel: string) =>
    until(`${channel} is known`, async () => {
      const snapshot = await journal.read(keys.notified(channel, orders)).catch(() => undefined);
      return snapshot?.entries[0]?.value;
    });

  it('say which versions they know, so that no newer schema comes into force beside them', async () => {
    await start('b');
    const announced = await until('it is announced', async () => {
      const { entries } = await journal.read(keys.member(processId('notifier@b')));
      return entries[0]?.value;
    });
    expect(JSON.parse(announced)).toMatchObject({ site: 'b', schema: SCHEMA });
  });

  it('tell of every decision in order, signed, through failures of receivers and of themselves', async () => {
    await start('b');
    await start('w');
    await Promise.all(['silent', 'gone', 'chat', 'history'].map(knows));

    receiver.answers.push(answering(503), answering(503, { 'retry-after': '1' }));
    await decide('start-failover');
    await until('the third attempt is taken', () => (receiver.deliveries.length >= 3 ? true : undefined));
    const [first, second, third] = receiver.deliveries;
    expect(told().slice(0, 3)).toEqual(['orders/1', 'orders/1', 'orders/1']);
    expect([second?.body, third?.body]).toEqual([first?.body, first?.body]);

    await until('the cursor has moved', async () => ((await knows('chat')) === '{"sequence":1}' ? true : undefined));
    const dead = await leader();
    await kill(dead);
    for (const rule of ['stage-done', 'run-needs-human', 'run-closed']) await decide(rule);
    await until('the other one goes on', () => (told().includes('orders/4') ? true : undefined));
    expect(await leader()).not.toBe(dead);

    expect(receiver.deliveries.every(({ isGenuine }) => isGenuine)).toBe(true);
    // A busy machine may change leaders once more, and then something comes twice; nothing comes out of order.
    const types = new Map(receiver.deliveries.map(({ event }) => [event.id, event.type]));
    expect([...types]).toEqual([
      ['orders/1', 'io.signalbox.start-failover.v1'],
      ['orders/2', 'io.signalbox.stage-done.v1'],
      ['orders/3', 'io.signalbox.run-needs-human.v1'],
      ['orders/4', 'io.signalbox.run-closed.v1'],
    ]);

    const events = await until('the file has what is critical', () => {
      const lines = readFileSync(file('events.ndjson'), 'utf8').trimEnd().split('\n');
      return lines.length >= 2 ? lines.map((line) => NotificationEventWire.parse(JSON.parse(line)).id) : undefined;
    });
    expect([...new Set(events)]).toEqual(['orders/1', 'orders/3']);

    // One receiver never answered; it alone was told nothing, and was asked for nothing but the first.
    expect(new Set(silent.deliveries.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['orders/1']));
    expect(await knows('silent')).toBe('{"sequence":0}');
    const [left] = [...running.values()];
    expect(left?.log()).not.toContain('query-secret');
    expect(left?.log()).not.toContain(WebhookReceiver.SECRET.slice('whsec_'.length));

    const report = await until('the one channel is missing, the other ready', async () => {
      const answer = await fetch(`${left!.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
      const { status, components } = (await answer.json()) as ReadinessReport;
      const asExpected =
        components['channel gone']?.state === 'missing' && components['channel chat']?.state === 'ready';
      return asExpected ? { code: answer.status, status, gone: components['channel gone'] } : undefined;
    });
    expect(report).toMatchObject({
      code: 200,
      status: 'degraded',
      gone: { reason: expect.stringMatching(/answered 410.*Failing since .* \d wait, the oldest of /) },
    });
  });

  it('do not start with a secret that cannot sign', async () => {
    writeFileSync(file('key'), 'too short');
    try {
      const listen = `127.0.0.1:${await freePort()}`;
      const variables = { SIGNALBOX_CONFIG: file('signalbox.yaml'), SIGNALBOX_SITE: 'b', SIGNALBOX_LISTEN: listen };
      const child = spawn(process.execPath, [join(import.meta.dirname, 'main.js')], {
        env: { ...process.env, ...variables },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(78);
      for (const channel of ['chat', 'silent']) expect(text).toContain(`The secret of channel ${channel} cannot sign`);
      expect(text).not.toContain('too short');
    } finally {
      writeFileSync(file('key'), WebhookReceiver.SECRET);
    }
  });
});
