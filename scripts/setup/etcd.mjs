import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { digest, fillCache, filledSoFar, isWhole } from './cache.mjs';
import { execute } from './execute.mjs';
import { findProgram } from './programs.mjs';

const MODULE = join(import.meta.dirname, 'etcd');
/** From this version on, Go fetches the newer toolchain that a module asks for, unless GOTOOLCHAIN forbids it. */
const FETCHES_TOOLCHAINS = '1.21';

/** The etcd server, built from source: hashes in go.sum pin all of it. @param {string} cache @returns {import('./parts.mjs').Part} */
export function etcd(cache) {
  const [main, sum, mod] = [read('main.go'), read('go.sum'), read('go.mod')];
  const version = /etcd\/server\/v3 v(\S+)/.exec(mod)?.[1];
  const name = `etcd-${version}`;
  const source = digest(main, sum, mod, process.platform, process.arch);
  const link = { path: join(cache, 'bin', 'etcd'), target: join('..', name, 'etcd') };
  return {
    name,
    cacheMegabytes: 900, // 27 MB stay, the rest is the compiler's scratch.
    unit: 'program',
    soFar: () => filledSoFar(cache, name),
    isReady: () => pointsTo(link) && isWhole(join(cache, name), source),
    obstacles: () => goObstacles(/^go (\S+)/m.exec(mod)?.[1] ?? ''),
    make: async ({ signal }) => {
      const made = await fillCache(cache, name, { source, hashed: true }, (folder, scratch) =>
        build(folder, scratch, signal),
      );
      place(link);
      return made;
    },
  };
}

/** @param {string} folder @param {string} scratch @param {AbortSignal} signal */
async function build(folder, scratch, signal) {
  // The compiler's cache goes with the scratch folder; downloaded modules go where all of the user's modules are.
  const env = {
    CGO_ENABLED: '0',
    GOCACHE: join(scratch, 'compiled'),
    GOTMPDIR: join(scratch, 'work'),
    GOFLAGS: '-mod=readonly',
    GOWORK: 'off',
  };
  mkdirSync(env.GOTMPDIR);
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', join(folder, 'etcd')];
  await execute(findProgram('go') ?? 'go', ['build', ...flags, '.'], { cwd: MODULE, env, signal });
}

/** @param {string} wanted @returns {string[]} */
function goObstacles(wanted) {
  const hint = `Go ${wanted} or newer, to build etcd: from go.dev; a distribution's package is often too old`;
  const go = findProgram('go');
  if (!go) return [`go is not installed. ${hint}`];
  const asked = spawnSync(go, ['env', 'GOVERSION', 'GOTOOLCHAIN'], {
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off' },
  });
  const [version = '', toolchain = ''] = asked.stdout.replace('go', '').split('\n');
  const isNewEnough = atLeast(version, wanted);
  const canFetch = atLeast(version, FETCHES_TOOLCHAINS) && /auto|path\+/.test(toolchain);
  return isNewEnough || canFetch ? [] : [`${go} is version ${version || 'unknown'}. ${hint}`];
}

/** @param {string} version @param {string} wanted */
function atLeast(version, wanted) {
  const order = new Intl.Collator('en', { numeric: true }).compare(version, wanted);
  return version !== '' && order >= 0;
}

/** @param {string} file */
function read(file) {
  return readFileSync(join(MODULE, file), 'utf8');
}

/** @typedef {{ path: string, target: string }} Link */

/** @param {Link} link */
function pointsTo({ path, target }) {
  try {
    return readlinkSync(path) === target;
  } catch {
    return false;
  }
}

/** @param {Link} link */
function place({ path, target }) {
  const beside = `${path}.new`;
  mkdirSync(join(path, '..'), { recursive: true });
  rmSync(beside, { force: true });
  symlinkSync(target, beside);
  renameSync(beside, path);
}
