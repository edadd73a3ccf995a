import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const MANIFEST = 'manifest.json';
const TEMPORARY = '.tmp-';

/** Where jars and binaries are kept between runs and checkouts. */
export function cacheFolder() {
  return resolve(process.env.SIGNALBOX_CACHE || join(homedir(), '.cache', 'signalbox'));
}

/** @param {...(string | Buffer)} parts */
export function digest(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/**
 * Whether `folder` holds all that was put there, from the same source: by size, and by hash for files that have one in
 * the manifest. A folder without a manifest was never finished.
 * @param {string} folder @param {string} source
 */
export function isWhole(folder, source) {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
    return (
      manifest.source === source &&
      Object.entries(manifest.files).every(([name, { bytes, sha256 }]) => {
        const path = join(folder, name);
        return statSync(path).size === bytes && (!sha256 || digest(readFileSync(path)) === sha256);
      })
    );
  } catch {
    return false;
  }
}

/**
 * Fills `<cache>/<name>` as a whole or not at all: in a temporary folder on the same disk, moved into place by rename.
 *
 * @param {string} cache
 * @param {string} name
 * @param {{ source: string, hashed?: boolean }} options `hashed`: also keep (and later check) each file's hash
 * @param {(folder: string, scratch: string) => Promise<void>} fill puts the files into `folder`; `scratch` is thrown away
 * @returns {Promise<{ files: number, bytes: number }>}
 */
export async function fillCache(cache, name, { source, hashed = false }, fill) {
  const scratch = mkdtempSync(join(cache, `${TEMPORARY}${name}-`));
  try {
    const folder = join(scratch, name);
    mkdirSync(folder);
    await fill(folder, scratch);
    const names = readdirSync(folder);
    const files = names.map((file) => {
      const path = join(folder, file);
      return [file, { bytes: statSync(path).size, ...(hashed && { sha256: digest(readFileSync(path)) }) }];
    });
    writeFileSync(join(folder, MANIFEST), JSON.stringify({ source, files: Object.fromEntries(files) }, null, 2));
    retire(join(cache, name), join(scratch, 'retired'));
    renameSync(folder, join(cache, name));
    return { files: names.length, bytes: folderBytes(join(cache, name)) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Removes what killed runs left behind. Call it only under the cache's lock. @param {string} cache */
export function sweepCache(cache) {
  const leftovers = readdirSync(cache).filter((name) => name.startsWith(TEMPORARY));
  for (const name of leftovers) rmSync(join(cache, name), { recursive: true, force: true });
}

/** What a fill that is under way has written up to now. @param {string} cache @param {string} name */
export function filledSoFar(cache, name) {
  const folders = readdirSync(cache).filter((entry) => entry.startsWith(`${TEMPORARY}${name}-`));
  return folders.reduce((sum, folder) => sum + folderBytes(join(cache, folder)), 0);
}

/** @param {string} folder @returns {number} what its files hold, 0 when it is not there */
export function folderBytes(folder) {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory() ? folderBytes(path) : statSync(path).size;
    }
  } catch {
    // Files come and go while a build runs.
  }
  return bytes;
}

/** @param {string} path @param {string} to */
function retire(path, to) {
  try {
    renameSync(path, to);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
}
