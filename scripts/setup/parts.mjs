import { mkdirSync, statfsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { cacheFolder, sweepCache } from './cache.mjs';
import { containerd } from './containerd.mjs';
import { coredns } from './coredns.mjs';
import { etcd } from './etcd.mjs';
import { helm } from './helm.mjs';
import { kafka, OLDER_KAFKA } from './kafka.mjs';
import { kroxylicious } from './kroxylicious.mjs';
import { kubernetes } from './kubernetes.mjs';
import { withLock } from './lock.mjs';
import { node } from './node.mjs';
import { npm } from './npm.mjs';
import {
  ALERT_PROGRAMS,
  IMAGE_PROGRAMS,
  JAVA,
  KUBERNETES_PROGRAMS,
  LAB_PROGRAMS,
  MAVEN,
  MODEL_PROGRAMS,
  NAME_SERVER_PROGRAMS,
  NODE_PROGRAMS,
  packages,
} from './packages.mjs';
import { ObstacleProblem, SetupProblem } from './problem.mjs';
import { schemathesis } from './schemathesis.mjs';
import { strimzi } from './strimzi.mjs';

/**
 * @typedef {{ say: (line: string) => void, signal: AbortSignal }} Context
 *
 * @typedef {'npm' | 'lab' | 'older-kafka' | 'name-servers' | 'alerts' | 'schemathesis' | 'spin' | 'kubernetes' | 'strimzi' | 'node' | 'images' | 'proxy'} Need what a task cannot do without
 *
 * @typedef {object} Part something a task needs
 * @property {string} name
 * @property {number} cacheMegabytes room it takes in the cache while it is made
 * @property {() => boolean} isReady by looking at files only: no process, a few milliseconds
 * @property {() => string[]} obstacles why it cannot be made here, for a person; asked before anything is changed
 * @property {string} [after] the part that has to be there first, when that one is missing too
 * @property {string} unit what is counted at the end
 * @property {() => number} soFar bytes made up to now, 0 when unknown
 * @property {(context: Context) => Promise<{ files: number, bytes: number }>} make
 */

const PROGRESS_MS = 10_000;
/** Real parts as processes, which come out of the cache. @type {readonly Need[]} */
const RUN_ON_LINUX = ['lab', 'older-kafka', 'kubernetes', 'strimzi', 'node', 'proxy'];

/**
 * Sees to it that everything a task needs is there. Either all that is missing can be made, or nothing is touched.
 * @param {string} root the checkout @param {readonly Need[]} needs @param {Context} context
 * @throws {ObstacleProblem} naming everything a person has to see to, and then nothing was touched
 * @throws {SetupProblem} when something could not be made
 */
export async function setUp(root, needs, context) {
  const lab = needs.some((need) => RUN_ON_LINUX.includes(need));
  if (lab && process.platform !== 'linux') {
    throw new ObstacleProblem(
      `the lab runs on Linux only (loopback addresses, gid rules); this is ${process.platform}`,
    );
  }
  const list = () => needs.flatMap((need) => PARTS[need](root));
  if (list().every((part) => part.isReady())) return;
  const locks = lab ? [root, openCache()] : [root];
  await withLocks(locks, context, async () => {
    if (lab) sweepCache(cacheFolder());
    const missing = list().filter((part) => !part.isReady());
    refuseObstacles(missing, lab);
    try {
      await makeAll(missing, context);
    } finally {
      if (lab) sweepCache(cacheFolder());
    }
  });
}

/** @type {Record<Need, (root: string) => Part[]>} */
const PARTS = {
  npm: (root) => [npm(root)],
  lab: () => {
    const jars = kafka(cacheFolder());
    return [packages([...LAB_PROGRAMS, ...(jars.isReady() ? [] : [MAVEN])]), jars, etcd(cacheFolder())];
  },
  'older-kafka': () => {
    const jars = kafka(cacheFolder(), OLDER_KAFKA);
    return [packages([...LAB_PROGRAMS, ...(jars.isReady() ? [] : [MAVEN])]), jars];
  },
  'name-servers': () => [packages(NAME_SERVER_PROGRAMS)],
  alerts: () => [packages(ALERT_PROGRAMS)],
  schemathesis: () => [schemathesis(cacheFolder())],
  spin: () => [packages(MODEL_PROGRAMS)],
  proxy: () => {
    const jars = kafka(cacheFolder());
    const proxy = kroxylicious(cacheFolder(), jars.isReady() ? 'system packages' : jars.name);
    const maven = jars.isReady() && proxy.isReady() ? [] : [MAVEN];
    return [packages([...LAB_PROGRAMS, ...maven]), jars, proxy];
  },
  images: () => [packages(IMAGE_PROGRAMS)],
  kubernetes: () => {
    const store = etcd(cacheFolder());
    const servers = kubernetes(cacheFolder(), store.name);
    return [packages(KUBERNETES_PROGRAMS), store, servers, helm(cacheFolder(), servers.name)];
  },
  strimzi: () => {
    const definitions = strimzi(cacheFolder());
    return [packages(definitions.isReady() ? [] : [JAVA, MAVEN]), definitions];
  },
  node: () => {
    const agents = node(cacheFolder(), helm(cacheFolder()).name);
    const runtime = containerd(cacheFolder(), agents.name);
    return [packages(NODE_PROGRAMS), agents, runtime, coredns(cacheFolder(), runtime.name)];
  },
};

export const NEEDS = /** @type {readonly Need[]} */ (Object.keys(PARTS));

/** @param {string} name @returns {name is Need} */
export const isNeed = (name) => Object.hasOwn(PARTS, name);

/** Why what is missing of it cannot be made here; empty when it is there or can be made. @param {string} root @param {Need} need */
export function obstaclesTo(root, need) {
  const missing = PARTS[need](root).filter((part) => !part.isReady());
  return missing.flatMap((part) => part.obstacles());
}

function openCache() {
  const cache = cacheFolder();
  try {
    mkdirSync(cache, { recursive: true });
    return cache;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new SetupProblem(`the cache folder ${cache} cannot be made (${code}): set SIGNALBOX_CACHE to one that can`);
  }
}

/** @param {string[]} subjects @param {Context} context @param {() => Promise<void>} work @returns {Promise<void>} */
function withLocks([first, ...rest], context, work) {
  return first === undefined ? work() : withLock(first, context, () => withLocks(rest, context, work));
}

/** @param {Part[]} missing @param {boolean} lab */
function refuseObstacles(missing, lab) {
  const obstacles = missing.flatMap((part) => part.obstacles());
  const wanted = missing.reduce((sum, part) => sum + part.cacheMegabytes, 0);
  if (lab && wanted > 0) {
    const { bavail, bsize } = statfsSync(cacheFolder());
    const free = Math.floor((bavail * bsize) / 2 ** 20);
    if (free < wanted) {
      const remedy = 'free some, or set SIGNALBOX_CACHE to a folder on a larger disk';
      obstacles.push(`the disk of ${cacheFolder()} has ${free} MB free, ${wanted} MB are needed: ${remedy}`);
    }
  }
  if (obstacles.length > 0) throw new ObstacleProblem(`cannot go on yet:\n  - ${obstacles.join('\n  - ')}`);
}

/** @param {Part[]} missing @param {Context} context */
async function makeAll(missing, { say, signal }) {
  if (missing.length === 0) return;
  say(`to do: ${missing.map((part) => part.name).join(', ')}`);
  const failed = new AbortController();
  const context = { say, signal: AbortSignal.any([signal, failed.signal]) };
  /** @type {Map<string, Promise<void>>} */
  const made = new Map();
  for (const part of missing) {
    const first = made.get(part.after ?? '');
    const making = Promise.resolve(first).then(() => makeOne(part, context));
    making.catch((error) => failed.abort(error)); // The first failure stops the others.
    made.set(part.name, making);
  }
  await Promise.allSettled(made.values());
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
}

/** @param {Part} part @param {Context} context */
async function makeOne(part, { say, signal }) {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const ticker = setInterval(() => say(`${part.name}: ${megabytes(part.soFar())}${seconds()} so far`), PROGRESS_MS);
  try {
    const { files, bytes } = await part.make({ say: (line) => say(`${part.name}: ${line}`), signal });
    say(`${part.name}: ready, ${files} ${part.unit}, ${megabytes(bytes)}${seconds()}`);
  } catch (error) {
    throw explained(part, error);
  } finally {
    clearInterval(ticker);
  }
}

/** @param {number} bytes */
function megabytes(bytes) {
  return bytes > 0 ? `${(bytes / 1e6).toFixed(0)} MB, ` : '';
}

/** @param {Part} part @param {unknown} error */
function explained(part, error) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const disks = [...new Set([cacheFolder(), homedir(), tmpdir()])].join(', ');
    return new SetupProblem(`${part.name}: no space left on a disk. Used are ${disks}. Free some and run again`);
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SetupProblem(
      `${part.name}: ${/** @type {Error} */ (error).message}. Make it writable, or set SIGNALBOX_CACHE`,
    );
  }
  return error instanceof SetupProblem ? new SetupProblem(`${part.name}: ${error.message}`) : error;
}
