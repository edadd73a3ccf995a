import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { folderBytes } from './cache.mjs';
import { execute } from './execute.mjs';
import { findProgram } from './programs.mjs';

/** From this version on, Go fetches the newer toolchain that a module asks for, unless GOTOOLCHAIN forbids it. */
const FETCHES_TOOLCHAINS = '1.21';

/**
 * What is compiled from a module in a folder beside this file.
 * @typedef {object} Program
 * @property {string} module the folder
 * @property {string} output the file it becomes
 * @property {string} [from] the package; the module's own when absent
 * @property {string} [linkerFlags]
 * @property {string} [tags] what it is compiled with or without, as it calls that
 * @property {boolean} [isLarge] compiled by few processes at a low priority: it takes minutes, and the machine has other work
 */

/** Beside what is being filled, under a name that is swept away when the set-up ends. */
const COMPILED = '.tmp-compiled';

/**
 * Compiles into `folder`. All programs of one set-up share the compiler's cache, since most of their packages are the same;
 * downloaded modules go where all of the user's modules are.
 * @param {Program} program @param {string} folder @param {string} scratch of fillCache @param {AbortSignal} signal
 */
export async function compile(
  { module, output, from = '.', linkerFlags = '', tags, isLarge },
  folder,
  scratch,
  signal,
) {
  const env = {
    CGO_ENABLED: '0',
    GOCACHE: join(scratch, '..', COMPILED),
    GOTMPDIR: join(scratch, 'work'),
    GOFLAGS: '-mod=readonly',
    GOWORK: 'off',
    ...(isLarge && { GOMAXPROCS: '2' }),
  };
  mkdirSync(env.GOTMPDIR, { recursive: true });
  const chosen = tags === undefined ? [] : ['-tags', tags];
  const flags = ['-trimpath', '-buildvcs=false', ...chosen, `-ldflags=${`-s -w ${linkerFlags}`.trim()}`];
  const build = ['build', ...(isLarge ? ['-p', '2'] : []), ...flags, '-o', join(folder, output), from];
  const go = findProgram('go') ?? 'go';
  const [command, args] = isLarge ? ['nice', ['-n', '10', go, ...build]] : [go, build];
  await execute(command, args, { cwd: module, env, signal });
}

/** Bytes that the compiler has written in this set-up. @param {string} cache */
export const compiledSoFar = (cache) => folderBytes(join(cache, COMPILED));

/** Why it cannot be compiled here. @param {string} mod text of go.mod @param {string} what @returns {string[]} */
export function goObstacles(mod, what) {
  const wanted = /^go (\S+)/m.exec(mod)?.[1] ?? '';
  const hint = `Go ${wanted} or newer, to build ${what}: from go.dev; a distribution's package is often too old`;
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

/** The texts that decide what comes out of a module. @param {string} module @param {readonly string[]} files */
export function sourcesOf(module, files) {
  return files.map((file) => readFileSync(join(module, file), 'utf8'));
}

/** @typedef {{ path: string, target: string }} Link */

/** @param {Link} link */
export function pointsTo({ path, target }) {
  try {
    return readlinkSync(path) === target;
  } catch {
    return false;
  }
}

/** @param {Link} link */
export function place({ path, target }) {
  const beside = `${path}.new`;
  mkdirSync(join(path, '..'), { recursive: true });
  rmSync(beside, { force: true });
  symlinkSync(target, beside);
  renameSync(beside, path);
}
