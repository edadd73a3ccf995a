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
import { FAKE_KEY, FAKE_ZONE_ID, FakeRoute53 } from '../../../test/support/route53/fake-route53.js';
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
  async function start(keptBy: (provider: Loose) => Loose): Promise<void> {
    const document: Loose = parse(readFileSync(EXAMPLE, 'utf8'));
    const nowhere = async (protocol: string) => `${protocol}://127.0.0.1:${await freePort()}`;
    document.sites[1].redis = await nowhere('redis');
    document.journal.members = { a: await nowhere('http'), b: etcd.endpoints[0], w: await nowhere('http') };
    const [traffic] = document.groups[0].traffic;
    Object.assign(traffic, { name: NAME, zone: ZONE });
    traffic.provider = keptBy(traffic.provider);
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

  const byBind = (secret: string) => (provider: Loose) => {
    writeFileSync(file('tsig'), secret);
    const tsig = { ...provider.tsig, secret: { file: file('tsig') } };
    return { ...provider, primary: `127.0.0.1:${dnsPort}`, secondaries: {}, tsig };
  };
  const byRoute53 = (fake: FakeRoute53, secret: string) => () => {
    writeFileSync(file('aws'), secret);
    const credentials = { accessKeyId: FAKE_KEY.accessKeyId, secretAccessKey: { file: file('aws') } };
    const { endpoint, nameServer } = fake;
    return { kind: 'route53', hostedZoneId: FAKE_ZONE_ID, endpoint, nameServers: [nameServer], credentials };
  };

  const readiness = async () => {
    const answer = await fetch(`${running!.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return { code: answer.status, ...((await answer.json()) as ReadinessReport) };
  };
  const isState = (component: string, state: 'ready' | 'missing') =>
    until(`${component} is ${state}`, async () => {
      const now = await readiness();
      return now.components[component]?.state === state ? now : undefined;
    });
  const primaryIs = (state: 'ready' | 'missing') => isState(`primary of ${ZONE}`, state);

  /** As a run does it, by way of the journal; returns the step when it is over. */
  const redirect = async (desired: { addresses: string[]; ttlSeconds: number }, at: number) => {
    const journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: 1_000 }, clock);
    const book = new StepBook(journal);
    const epoch = await book.epoch(at);
    const name = { worker: 'dns-switcher', resource: { kind: 'name', name: NAME }, runsAt: siteId('b') } as const;
    const step = `redirect-${at}`;
    await book.open({ ...name, name: step, epoch, desired, deadlineMs: SOON_MS });
    const over = await until('the step is over', async () => {
      const record = await book.read(step);
      return record.status === 'open' || record.status === 'taken' ? undefined : record;
    });
    await journal.close();
    return over;
  };

  it('stays up with a wrong key, and says so on /readyz and once in its log', async () => {
    await start(byBind(randomBytes(32).toString('base64')));
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
    await start(byBind(KEY.secret.export().toString('base64')));
    await primaryIs('ready');
    // Each component reports when it knows; the order is not promised.
    const { code, components } = await until('Redis is missing', async () => {
      const now = await readiness();
      return now.components['Redis']?.state === 'missing' ? now : undefined;
    });
    expect(code).toBe(200);
    expect(components['Redis']).toMatchObject({ impact: 'degraded' });

    const desired = { addresses: ['198.51.100.10'], ttlSeconds: 5 };
    expect(await redirect(desired, 7)).toMatchObject({
      status: 'done',
      takenBy: 'dns-switcher@b',
      verifiedBy: { observed: { name: NAME, answers: { [`127.0.0.1:${dnsPort}`]: { ...desired, epoch: 7 } } } },
    });
  });

  describe('with its name in Route 53', () => {
    let fake: FakeRoute53;
    beforeAll(async () => {
      fake = await FakeRoute53.start({ zone: ZONE, settings: { propagationMs: 1_000 } });
    });
    afterAll(() => fake?.end());

    it('stays up with another secret, and says so on /readyz', async () => {
      await start(byRoute53(fake, 'wrong'));
      const { code, components } = await isState(`Route 53 zone ${FAKE_ZONE_ID}`, 'missing');
      expect(code).toBe(503);
      expect(components[`Route 53 zone ${FAKE_ZONE_ID}`]).toMatchObject({
        impact: 'blocked',
        reason: expect.stringMatching(/SignatureDoesNotMatch .*the secret is another one/),
      });
    });

    it('moves it, and is done when the name servers of Route 53 answer so', async () => {
      await start(byRoute53(fake, FAKE_KEY.secretAccessKey));
      await isState(`Route 53 zone ${FAKE_ZONE_ID}`, 'ready');
      const desired = { addresses: ['198.51.100.10'], ttlSeconds: 5 };
      expect(await redirect(desired, 8)).toMatchObject({
        status: 'done',
        verifiedBy: { observed: { name: NAME, answers: { [fake.nameServer]: { ...desired, epoch: 8 } } } },
      });
      expect(fake.sets(`_signalbox.${NAME}`)).toMatchObject([
        { type: 'TXT', values: ['"heritage=signalbox,installation=example,group=orders,epoch=8"'] },
      ]);
    });
  });
});
