import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { folderBytes } from './cache.mjs';
import { execute } from './execute.mjs';

/** The packages of package-lock.json in `node_modules`. @param {string} root @returns {import('./parts.mjs').Part} */
export function npm(root) {
  const modules = join(root, 'node_modules');
  const stamp = join(modules, '.signalbox-lock');
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  return {
    name: 'npm packages',
    cacheMegabytes: 0,
    unit: 'packages',
    soFar: () => folderBytes(modules),
    isReady: () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lock,
    obstacles: () => [],
    make: async ({ signal }) => {
      rmSync(stamp, { force: true });
      // npm must not run on the Node that it is about to remove.
      const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules));
      const env = { PATH: path.join(delimiter) };
      try {
        await execute('npm', ['ci', '--strict-allow-scripts', '--loglevel=error', '--no-audit', '--no-fund'], {
          cwd: root,
          env,
          signal,
        });
      } catch (error) {
        rmSync(modules, { recursive: true, force: true });
        throw error;
      }
      writeFileSync(stamp, lock);
      return { files: Object.keys(JSON.parse(lock).packages).length, bytes: folderBytes(modules) };
    },
  };
}
