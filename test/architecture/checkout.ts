import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout this build belongs to. Tests run from `dist/test/architecture`. */
export const ROOT = join(import.meta.dirname, '../../..');

/** Every file that is, or is about to be, under version control, by its path from the root. */
export function checkedInFiles(): readonly string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const removed = new Set(git('ls-files', '-z', '--deleted'));
  return git(...list).filter((file) => !removed.has(file));
}

export function contentOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** `apps/cli/src/main.ts` → `apps`, `apps/cli`, `apps/cli/src`. */
export function foldersOf(file: string): readonly string[] {
  const names = file.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function git(...args: readonly string[]): readonly string[] {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
}
