import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest, fillCache, filledSoFar, isWhole } from './cache.mjs';
import { execute } from './execute.mjs';
import { findProgram } from './programs.mjs';

const REQUIREMENTS = join(import.meta.dirname, 'schemathesis', 'requirements.txt');

/**
 * Schemathesis, which asks an API everything that its OpenAPI document allows and forbids: in a virtual environment of its
 * own, every package at one version. @param {string} cache @returns {import('./parts.mjs').Part}
 */
export function schemathesis(cache) {
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  const name = `schemathesis-${/^schemathesis==(\S+)$/m.exec(wanted)?.[1]}`;
  const source = digest(wanted, process.platform, process.arch);
  return {
    name,
    cacheMegabytes: 150,
    unit: 'entries',
    soFar: () => filledSoFar(cache, name),
    isReady: () => isWhole(join(cache, name), source),
    obstacles: pythonObstacles,
    make: ({ signal }) => fillCache(cache, name, { source }, (folder) => install(folder, signal)),
  };
}

/**
 * It is moved into place afterwards, so its programs are started by its Python and not by the paths that they name.
 * @param {string} folder @param {AbortSignal} signal
 */
async function install(folder, signal) {
  await execute('python3', ['-m', 'venv', folder], { signal });
  const flags = ['--disable-pip-version-check', '--no-input', '--no-compile', '--no-deps'];
  const python = join(folder, 'bin', 'python');
  await execute(python, ['-m', 'pip', 'install', ...flags, '--requirement', REQUIREMENTS], { signal });
}

/** @returns {string[]} */
function pythonObstacles() {
  const hint = 'Python 3.10 or newer with venv, for the checks of the API. Debian has it in python3-venv';
  if (!findProgram('python3')) return [`python3 is not installed. ${hint}`];
  const code = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))';
  return spawnSync('python3', ['-c', code]).status === 0 ? [] : [`python3 is too old or has no venv. ${hint}`];
}
