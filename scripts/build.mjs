import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './launch.mjs';
import { digest } from './setup/cache.mjs';
import { withLock } from './setup/lock.mjs';
import { SetupProblem } from './setup/problem.mjs';

const SETTINGS = ['tsconfig.json', 'package.json', 'package-lock.json'];
const STAMP = 'dist/.built-from';

/**
 * Compiles into an empty `dist`, unless it is up to date: so a lab that runs from `dist` keeps its files while
 * `npm run lab -- status` asks for it.
 * @param {string} root @param {import('./ending.mjs').Run} run
 */
export async function build(root, run) {
  const stamp = join(root, STAMP);
  if (isBuiltFrom(stamp, sources(root))) return;
  await withLock(`${root} (build)`, run, async () => {
    const from = sources(root);
    if (isBuiltFrom(stamp, from)) return;
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    const code = await launch(root, ['node_modules/.bin/tsc', '-p', 'tsconfig.json'], run, { stdout: 'stderr' });
    run.signal.throwIfAborted();
    if (code !== 0) throw new SetupProblem('the build failed');
    writeFileSync(stamp, from);
  });
}

/** @param {string} stamp @param {string} from */
function isBuiltFrom(stamp, from) {
  try {
    return readFileSync(stamp, 'utf8') === from;
  } catch {
    return false;
  }
}

/** The folders that hold TypeScript, of those there are. @param {string} root */
export function sourceFolders(root) {
  return ['apps', 'libs', 'test'].filter((folder) => existsSync(join(root, folder)));
}

/** Names, sizes and times of everything the compiler reads. @param {string} root */
function sources(root) {
  const files = sourceFolders(root).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const lines = [...SETTINGS, ...files.sort()].map((name) => {
    const { size, mtimeMs } = statSync(join(root, name));
    return `${name} ${size} ${mtimeMs}`;
  });
  return digest(...lines);
}
