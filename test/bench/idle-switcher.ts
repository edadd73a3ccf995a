import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { siteId } from '#libs/domain';
import { EtcdJournal } from '#libs/journal';
import { parse, stringify } from 'yaml';
import { clock, until } from '../lab/condition.js';
import { ControlPlane } from '../lab/kubernetes/control-plane.js';
import type { Loose } from '../support/broken-topology.js';
import { freePort } from '../support/free-port.js';
import { A, B } from '../support/kubernetes/clients-on-kubernetes.js';
import { configMap } from '../support/kubernetes/installed-clients.js';
import { RealEtcd } from '../support/real-etcd.js';
import { RealRedis } from '../support/real-redis.js';
import { StepBook } from '../support/step-book.js';
import { BenchError } from './bench-error.js';
import { spreadOf } from './spread.js';

const EXAMPLE = new URL('../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);
const MAIN = new URL('../../apps/config-switcher/src/main.js', import.meta.url);
const NAMESPACE = 'orders';
const CONFIG = 'orders-clients';
const READY_WITHIN_MS = 300_000;
/** What it took to start, and to write all of them once, is over then. */
const SETTLES_FOR_MS = 30_000;
const SAMPLE_EVERY_MS = 1_000;
/**
 * What Node sets by itself under the memory limit that the chart gives this process. On a whole machine it would let 32 MB of
 * dead young objects lie before it looks at them, which says nothing of the process.
 */
const HEAP_OF_THE_POD = ['--max-semi-space-size=1', '--max-old-space-size=256'];
/** As the image sets them. */
const ENVIRONMENT_OF_THE_IMAGE = { NODE_ENV: 'production', MALLOC_ARENA_MAX: '1' };
/** Of `utime` and `stime` in /proc, on every Linux that we know of. */
const TICKS_PER_SECOND = 100;

/** A config-switcher that has nothing to do but to keep what a run has set. */
export interface IdleReport {
  readonly figures: {
    readonly targets: number;
    /** Median over the time, the program itself included: some 60 MB of Node that all processes of a machine share. */
    readonly residentMb: number;
    /** The same without what is mapped from files: what one process more takes. */
    readonly privateMb: number;
    /** Of one core, over the time. */
    readonly cpuPercent: number;
    readonly overSeconds: number;
  };
}

/** The real process beside a real API server, journal and Redis, after a run has written every target. */
export async function benchIdle(targets: number, seconds: number, say: (line: string) => void): Promise<IdleReport> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-idle-'));
  const plane = await ControlPlane.start({ say });
  const etcd = await RealEtcd.start(3);
  const redis = await RealRedis.start();
  const journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: 5_000 }, clock);
  let switcher: ChildProcess | undefined;
  try {
    await createMaps(plane, targets);
    const configPath = join(folder, 'signalbox.yaml');
    writeFileSync(configPath, topologyText({ etcd, redis }, plane.kubeconfig, targets));
    const listen = `127.0.0.1:${await freePort()}`;
    const variables = {
      SIGNALBOX_CONFIG: configPath,
      SIGNALBOX_SITE: 'b',
      SIGNALBOX_LISTEN: listen,
      LOG_LEVEL: 'error',
    };
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    const env = { ...process.env, ...variables, ...ENVIRONMENT_OF_THE_IMAGE };
    switcher = spawn(process.execPath, [...HEAP_OF_THE_POD, MAIN.pathname], { env, stdio: [...stdio] });
    await switchOnce(new StepBook(journal));
    say(`${targets} targets are switched; it rests for ${SETTLES_FOR_MS / 1_000} s and is watched for ${seconds} s`);
    await clock.sleep(SETTLES_FOR_MS);
    return await watched(switcher.pid ?? 0, targets, seconds);
  } finally {
    const exited = switcher && once(switcher, 'exit');
    if (switcher?.kill('SIGKILL')) await exited;
    await journal.close();
    await etcd.end();
    await redis.kill();
    await plane.stop();
    rmSync(folder, { recursive: true });
  }
}

const mapName = (index: number): string => `clients-${index}`;

async function createMaps(plane: ControlPlane, targets: number): Promise<void> {
  await plane.must(['create', 'namespace', NAMESPACE]);
  const maps = Array.from({ length: targets }, (_, index) => configMap(NAMESPACE, mapName(index), A));
  await plane.must(['create', '--filename', '-'], { input: maps.map((map) => JSON.stringify(map)).join('\n---\n') });
}

interface Beside {
  readonly etcd: RealEtcd;
  readonly redis: RealRedis;
}

function topologyText({ etcd, redis }: Beside, kubeconfig: string, count: number): string {
  const document: Loose = parse(readFileSync(EXAMPLE, 'utf8'));
  const [a, b, w] = etcd.endpoints;
  document.sites[1].redis = redis.url;
  document.journal.members = { a, b, w };
  // They lead nowhere here, and would be looked for all the time.
  delete document.journal.otherWays;
  const targets = Array.from({ length: count }, (_, index) => ({
    object: 'ConfigMap',
    namespace: NAMESPACE,
    name: mapName(index),
    keys: { 'client.properties': { as: 'properties' } },
    restart: 'watch-file',
  }));
  const site = { access: { kubeconfig: { file: kubeconfig } }, targets };
  const [config] = document.groups[0].configs;
  config.id = CONFIG;
  config.target = { kind: 'kubernetes', sites: { a: site, b: site } };
  config.data = { a: A, b: B };
  return stringify(document, { aliasDuplicateObjects: false });
}

/** From now on the journal orders all of them to hold it. */
async function switchOnce(book: StepBook): Promise<void> {
  const name = 'config-orders-clients-b';
  await book.epoch(7);
  await book.steady();
  const resource = { kind: 'config', config: CONFIG, site: 'b' } as const;
  const common = { worker: 'config-switcher', runsAt: siteId('b'), deadlineMs: READY_WITHIN_MS } as const;
  await book.open({ ...common, name, resource, desired: B });
  await until('every target is switched', READY_WITHIN_MS, async () => {
    const { status, problem } = await book.read(name);
    if (status === 'open' || status === 'taken') throw new Error(status);
    if (status !== 'done') throw new BenchError(`${status}: ${problem ?? ''}`);
  });
}

async function watched(pid: number, targets: number, seconds: number): Promise<IdleReport> {
  const [residentMb, privateMb]: [number[], number[]] = [[], []];
  const startedAtMs = clock.monotonicMs();
  const ticks = cpuTicks(pid);
  while (clock.monotonicMs() - startedAtMs < seconds * 1_000) {
    await clock.sleep(SAMPLE_EVERY_MS);
    residentMb.push(memoryMb(pid, 'VmRSS'));
    privateMb.push(memoryMb(pid, 'RssAnon'));
  }
  const overSeconds = (clock.monotonicMs() - startedAtMs) / 1_000;
  const cpuPercent = Number((((cpuTicks(pid) - ticks) / TICKS_PER_SECOND / overSeconds) * 100).toFixed(2));
  return {
    figures: {
      targets,
      residentMb: spreadOf(residentMb).median,
      privateMb: spreadOf(privateMb).median,
      cpuPercent,
      overSeconds: Math.round(overSeconds),
    },
  };
}

function memoryMb(pid: number, of: 'VmRSS' | 'RssAnon'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`^${of}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1_024);
}

function cpuTicks(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

export const idleInWords = ({ figures }: IdleReport): string =>
  `config-switcher at rest with ${figures.targets} targets: ${figures.residentMb} MB resident ` +
  `(${figures.privateMb} MB its own), ` +
  `${figures.cpuPercent} % of a core, over ${figures.overSeconds} s`;
