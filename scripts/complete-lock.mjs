/**
 * Adds a lock entry for every optional platform package that the registry in use does not serve, so that `npm ci`
 * accepts the lock anywhere. `npm install` drops such packages silently and `npm ci` then reports them as missing.
 * Run after `npm install` changed package-lock.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const PLATFORMS = [
  'darwin',
  'win32',
  'linux',
  'android',
  'freebsd',
  'openharmony',
  'aix',
  'netbsd',
  'openbsd',
  'sunos',
];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32', 'arm'];

/**
 * Node's own look-up: the nearest node_modules upward from `from` that holds `name`.
 * @param {Record<string, unknown>} packages @param {string} from @param {string} name
 */
function isLocked(packages, from, name) {
  for (let folder = from; ;) {
    if (`${folder && `${folder}/`}node_modules/${name}` in packages) return true;
    if (!folder) return false;
    const cut = folder.lastIndexOf('node_modules/');
    folder = cut <= 0 ? '' : folder.slice(0, cut - 1);
  }
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
/** @type {Record<string, object>} */
const added = {};
for (const [path, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (path === '' || isLocked(lock.packages, path, name)) continue;
    const os = PLATFORMS.find((platform) => name.includes(platform));
    const cpu = PROCESSORS.find((processor) => name.includes(processor));
    if (!os && cpu !== 'wasm32') throw new Error(`${name}, wanted by ${path}, is missing and names no platform`);
    const dev = lock.packages[path].dev ? { dev: true } : {};
    added[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...dev,
      optional: true,
      ...(os && { os: [os] }),
    };
  }
}
lock.packages = Object.fromEntries(Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => (a < b ? -1 : 1)));
for (const entry of Object.values(lock.packages)) delete entry.resolved;
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${Object.keys(added).length} platform entries added to ${FILE}`);
