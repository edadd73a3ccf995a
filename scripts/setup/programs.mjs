import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';

/** Where system programs live when a user's PATH leaves them out, and where Go's own installer puts it. */
const MORE_FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/local/go/bin'];

/** The full path of a program, without starting a process. @param {string} name @returns {string | undefined} */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...MORE_FOLDERS];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * The major version of a Java installation, read from the `release` file beside it; only an installation without one
 * is asked, since starting a JVM costs more than the whole check.
 * @param {string} java @returns {number}
 */
export function javaMajor(java) {
  let text;
  try {
    text = readFileSync(join(dirname(dirname(realpathSync(java))), 'release'), 'utf8');
  } catch {
    text = spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr ?? '';
  }
  const [, first, second] = /(?:JAVA_VERSION=|version )"(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return Number(first === '1' ? second : first) || 0;
}
