import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../architecture/checkout.js';
import { CACHE } from '../../cache.js';

const FOLDER = join(CACHE, 'images');
/** All that the Dockerfile looks at, as .dockerignore lets it. */
const LOOKED_AT = ['.dockerignore', 'Dockerfile', 'LICENSE', 'package.json', 'package-lock.json', 'tsconfig.json'];
const LOOKED_INTO = ['apps', 'image', 'libs'];
const LEFT_OUT = /\.(spec|conformance)\.ts$/;

/** The archive of our image as this checkout makes it; made when it is not there, and then the only one that is kept. */
export function cachedImage(make: () => string, root = ROOT, folder = FOLDER): string {
  const archive = join(folder, `signalbox-${sourceOf(root)}.tar`);
  if (existsSync(archive)) return archive;
  const made = make();
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder).filter((name) => name.endsWith('.tar'))) rmSync(join(folder, old));
  copyFileSync(made, `${archive}.${process.pid}`);
  renameSync(`${archive}.${process.pid}`, archive);
  return archive;
}

function sourceOf(root: string): string {
  const hash = createHash('sha256').update(process.version);
  for (const path of [...LOOKED_AT, ...LOOKED_INTO.flatMap((folder) => filesBelow(root, folder))]) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => !LEFT_OUT.test(path) && statSync(join(root, path)).isFile())
    .toSorted();
}
