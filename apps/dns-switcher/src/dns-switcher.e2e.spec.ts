import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { siteId } from '#libs/domain';
import { EtcdJournal } from '#libs/journal';
import { SystemClock, type ReadinessReport } from '#libs/runtime';
import { Bind, KEY, NAME, ZONE } from '../../../test/support/bind.js';
import { freePort, onFreePorts } from '../../../test/support/free-port.js';
import type { Loose } from '../../../test/support/broken-topology.js';
import { RealEtcd } from '../../../test/support/real-etcd.js';
import { startTogether } from '../../../test/support/start-together.js';
import { StepBook } from '../../../test/support/step-book.js';

const EXAMPLE = new URL('../../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);
const SOON_MS = 60_000;
const clock = new SystemClock();

const until = async <T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> => {
  const startedMs = clock.monotonicMs();
  for (;;) {
    const found = await attempt().catch(() => undefined);
    if (found !== undefined) return found;
    if (clock.monotonicMs() - startedMs > SOON_MS) throw new Error(`${what}: not within ${SOON_MS} ms`);
    await clock.sleep(100);
  }
};

describe('the dns-switcher of a site', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-dns-switcher-'));
  const file = (name: string) => join(directory, name);
  let bind: Bind;
  let etcd: RealEtcd;
  let dnsPort: number;
  let running: { readonly process: ChildProcess; readonly url: string; readonly log: () => string } | undefined;

  beforeAll(async () => {
    const startBind = async () => {
      dnsPort = await freePort();
      return Bind.start({ directory: file('bind'), port: dnsPort });
    };
    [bind, etcd] = await startTogether(onFreePorts(startBind), RealEtcd.start(1));
  });

  afterEach(async () => {
    const exited = running && once(running.process, 'exit');
    if (running?.process.kill('SIGKILL')) await exited;
    running = undefined;
  });

  afterAll(async () => {
    await Promise.all([bind?.end(), etcd?.end()]);
    rmSync(directory, { recursive: true });
  });

  /** Its Redis and two of three journal members do not exist. */
  async function start(secret: string): Promise<void> {
    const document: Loose = parse(readFileSync(EXAMPLE, 'utf8'));
    const nowhere = async (protocol: string) => `${protocol}://127.0.0.1:${await freePort()}`;
    writeFileSync(file('tsig'), secret);
    document.sites[1].redis = await nowhere('redis');
    document.journal.members = { a: await nowhere('http'), b: etcd.endpoints[0], w: await nowhere('http') };
    const [traffic] = document.groups[0].traffic;
    Object.assign(traffic, { name: NAME, zone: ZONE });
    Object.assign(traffic.provider, { primary: `127.0.0.1:${dnsPort}`, secondaries: {} });
    traffic.provider.tsig.secret = { file: file('tsig') };
    writeFileSync(file('signalbox.yaml'), stringify(document));

    const listen = `127.0.0.1:${await freePort()}`;
    const variables = { SIGNALBOX_CONFIG: file('signalbox.yaml'), SIGNALBOX_SITE: 'b', SIGNALBOX_LISTEN: listen };
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.js')], {
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
    running = { process: child, url: `http://${listen}`, log: () => log };
  }

  const readiness = async () => {
    const answer = await fetch(`${running!.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return { code: answer.status, ...((await answer.json()) as ReadinessReport) };
  };
  const primaryIs = (state: 'ready' | 'missing') =>
    until(`the primary is ${state}`, async () => {
      const now = await readiness();
      return now.components[`primary of ${ZONE}`]?.state === state ? now : undefined;
    });

  it('stays up with a wrong key, and says so on /readyz and once in its log', async () => {
    await start(randomBytes(32).toString('base64'));
    const { code, components } = await primaryIs('missing');
    expect(code).toBe(503);
    expect(components[`primary of ${ZONE}`]).toMatchObject({
      impact: 'blocked',
      reason: expect.stringMatching(/BADSIG: TSIG key "signalbox" has another secret/),
    });
    await until('it looked a second time', async () => {
      const state = (await readiness()).components[`primary of ${ZONE}`];
      return state?.state === 'missing' && state.forMs > 5_500 ? true : undefined;
    });
    expect(running!.log().match(/BADSIG/g)).toHaveLength(1);
    expect(running!.process.exitCode).toBeNull();
  });

  it('moves a name without Redis, the journal telling it of the step', async () => {
    await start(KEY.secret.export().toString('base64'));
    await primaryIs('ready');
    // Each component reports when it knows; the order is not promised.
    const { code, components } = await until('Redis is missing', async () => {
      const now = await readiness();
      return now.components['Redis']?.state === 'missing' ? now : undefined;
    });
    expect(code).toBe(200);
    expect(components['Redis']).toMatchObject({ impact: 'degraded' });

    const journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: 1_000 }, clock);
    const book = new StepBook(journal);
    await book.epoch(7);
    const desired = { addresses: ['198.51.100.10'], ttlSeconds: 5 };
    const name = { worker: 'dns-switcher', resource: { kind: 'name', name: NAME }, runsAt: siteId('b') } as const;
    await book.open({ ...name, name: 'redirect', desired, deadlineMs: SOON_MS });
    const step = await until('the step is over', async () => {
      const record = await book.read('redirect');
      return record.status === 'open' || record.status === 'taken' ? undefined : record;
    });
    expect(step).toMatchObject({
      status: 'done',
      takenBy: 'dns-switcher@b',
      verifiedBy: { observed: { name: NAME, answers: { [`127.0.0.1:${dnsPort}`]: { ...desired, epoch: 7 } } } },
    });
    await journal.close();
  });
});
