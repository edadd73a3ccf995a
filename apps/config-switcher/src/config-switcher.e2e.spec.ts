import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { groupId, siteId, type StepRecord } from '#libs/domain';
import { EtcdJournal, keys } from '#libs/journal';
import { SystemClock, type ReadinessReport } from '#libs/runtime';
import { freePort } from '../../../test/support/free-port.js';
import type { Loose } from '../../../test/support/broken-topology.js';
import { RealEtcd } from '../../../test/support/real-etcd.js';
import { StepBook } from '../../../test/support/step-book.js';

const EXAMPLE = new URL('../../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);
const CONFIG = 'orders-clients';
const A = { 'bootstrap.servers': 'kafka.a.example:9092' };
const B = { 'bootstrap.servers': 'kafka.b.example:9092' };
const clock = new SystemClock();

const until = async <T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> => {
  const startedMs = clock.monotonicMs();
  for (;;) {
    const found = await attempt().catch(() => undefined);
    if (found !== undefined) return found;
    if (clock.monotonicMs() - startedMs > 60_000) throw new Error(`${what}: not within 60 s`);
    await clock.sleep(100);
  }
};

/** The real process of site b, with no Redis and one of three journal members. */
describe('the config-switcher of a site', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-config-switcher-'));
  const folderOf = (site: string) => join(directory, site);
  const fileOf = (site: string) => join(folderOf(site), 'clients.json');
  let etcd: RealEtcd;
  let journal: EtcdJournal;
  let book: StepBook;
  let switcher: ChildProcess;
  let url: string;

  beforeAll(async () => {
    mkdirSync(folderOf('a'));
    writeFileSync(fileOf('a'), held(0, A));
    etcd = await RealEtcd.start(1);
    journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: 1_000 }, clock);
    book = new StepBook(journal);
    const listen = `127.0.0.1:${await freePort()}`;
    url = `http://${listen}`;
    await writeTopology();
    const variables = { SIGNALBOX_CONFIG: configPath, SIGNALBOX_SITE: 'b', SIGNALBOX_LISTEN: listen };
    switcher = spawn(process.execPath, [join(import.meta.dirname, 'main.js')], {
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });

  afterAll(async () => {
    const exited = switcher && once(switcher, 'exit');
    if (switcher?.kill('SIGKILL')) await exited;
    await journal?.close();
    await etcd?.end();
    rmSync(directory, { recursive: true });
  });

  const configPath = join(directory, 'signalbox.yaml');
  const held = (epoch: number, data: object) => JSON.stringify({ epoch, data });
  const shown = (site: string): unknown => JSON.parse(readFileSync(fileOf(site), 'utf8'));

  async function writeTopology(): Promise<void> {
    const document: Loose = parse(readFileSync(EXAMPLE, 'utf8'));
    const nowhere = async (protocol: string) => `${protocol}://127.0.0.1:${await freePort()}`;
    document.sites[1].redis = await nowhere('redis');
    document.journal.members = { a: await nowhere('http'), b: etcd.endpoints[0], w: await nowhere('http') };
    document.groups[0].configs[0].target.files = { a: fileOf('a'), b: fileOf('b') };
    writeFileSync(configPath, stringify(document));
  }

  const readiness = async () => {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return { code: answer.status, ...((await answer.json()) as ReadinessReport) };
  };

  const becomes = (code: number, state: 'ready' | 'missing') =>
    until(`the config is ${state}`, async () => {
      const now = await readiness();
      return now.code === code && now.components[`config ${CONFIG}`]?.state === state ? now : undefined;
    });

  const perform = async (step: Partial<StepRecord> & { readonly name: string }): Promise<StepRecord> => {
    const common = { worker: 'config-switcher', runsAt: siteId('b'), deadlineMs: 20_000 } as const;
    await book.open({ ...common, resource: { kind: 'config', config: CONFIG, site: 'b' }, ...step });
    return until(`${step.name} is over`, async () => {
      const record = await book.read(step.name);
      return record.status === 'open' || record.status === 'taken' ? undefined : record;
    });
  };

  it('says before any run that it could not do its work, and what to do', async () => {
    const { components } = await becomes(503, 'missing');
    expect(components[`config ${CONFIG}`]).toMatchObject({
      impact: 'blocked',
      reason: expect.stringMatching(/clients\.json .*its folder is missing: create it/),
    });
    mkdirSync(folderOf('b'));
    writeFileSync(fileOf('b'), held(0, A));
    await becomes(200, 'ready');
  });

  it('seals, applies and reads back', async () => {
    await book.epoch(7);
    const seal = await perform({ name: 'seal-config-orders-clients-b', action: 'seal' });
    expect(seal).toMatchObject({ status: 'done', verifiedBy: { observed: { epoch: 7, value: A } } });
    expect(shown('b')).toEqual({ epoch: 7, data: A });

    const apply = await perform({ name: 'config-orders-clients-b', desired: B });
    expect(apply).toMatchObject({
      status: 'done',
      takenBy: 'config-switcher@b',
      verifiedBy: { observed: { file: fileOf('b'), epoch: 7, data: B } },
    });
    expect(shown('b')).toEqual({ epoch: 7, data: B });
    expect(readdirSync(folderOf('b'))).toEqual(['clients.json']);
  });

  it('gives back what the run had set when somebody changes the file, and says so in the journal', async () => {
    writeFileSync(fileOf('b'), held(7, A));
    await until('the file is as the run left it', async () =>
      isDeepStrictEqual(shown('b'), { epoch: 7, data: B }) ? true : undefined,
    );
    const key = keys.reasserted(groupId('orders'), { kind: 'config', config: CONFIG, site: 'b' });
    const record = await until('it is counted', async () => (await journal.read(key)).entries[0]?.value);
    expect(JSON.parse(record)).toMatchObject({ times: 1, by: 'config-switcher@b', epoch: 7 });
  });

  it('is refused by a file that a newer run has stamped, and leaves it as it is', async () => {
    writeFileSync(fileOf('b'), held(9, B));
    const apply = await perform({ name: 'stale', desired: A });
    expect(apply).toMatchObject({ status: 'refused', problem: expect.stringContaining('carries epoch 9') });
    expect(shown('b')).toEqual({ epoch: 9, data: B });
  });

  it('does not touch what clients of another site read', async () => {
    const resource = { kind: 'config', config: CONFIG, site: 'a' } as const;
    const apply = await perform({ name: 'elsewhere', desired: B, resource });
    expect(apply).toMatchObject({ status: 'failed', problem: expect.stringContaining('knows no config/') });
    expect(shown('a')).toEqual({ epoch: 0, data: A });
  });
});
