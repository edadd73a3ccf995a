import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { librariesOf } from '../../../image/base-image.js';
import { findProgram } from '../../../image/programs.js';
import { KROXYLICIOUS } from '../../cache.js';
import { LabError } from '../../lab-error.js';

const JAVA = '/usr/lib/java';
const PROXY = '/opt/kroxylicious';
/** Of a Java home, what only compilers, people and screens want. */
const NEEDLESS = /^(ct\.sym|src\.zip|psfont.*|libawt.*|libatk.*|libjawt\.so|libfontmanager\.so|libsplashscreen\.so)$/;

/** Small and quick to start, as all of the lab's Java is. */
const FLAGS = ['-Xmx96m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

/** Takes the path of the proxy's configuration file as its argument. */
export const PROXY_ENTRYPOINT = [`${JAVA}/bin/java`, ...FLAGS, '-cp', `${PROXY}:${PROXY}/*`, 'RunProxy'];

/** The root of an image: this machine's Java, as far as a server wants it, and Kroxylicious. Throws without a Java. */
export function makeProxyRoot(root: string): void {
  const program = findProgram('java');
  if (program === undefined) throw new LabError('java is not installed');
  const home = dirname(dirname(realpathSync(program)));
  const java = join(root, JAVA);
  mkdirSync(join(root, 'tmp'), { recursive: true });
  mkdirSync(join(java, 'bin'), { recursive: true });
  copyFileSync(join(home, 'bin/java'), join(java, 'bin/java'));
  for (const folder of ['conf', 'lib']) {
    mkdirSync(join(java, folder));
    const names = readdirSync(join(home, folder)).filter((each) => !NEEDLESS.test(each));
    // What links lead to, /etc among it, wherever they lie below.
    execFileSync('cp', ['-rL', ...names.map((each) => join(home, folder, each)), join(java, folder)]);
  }
  for (const library of librariesOf(join(home, 'bin/java'), join(home, 'lib/server/libjvm.so'))) {
    if (library.startsWith(home)) continue;
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), join(root, library));
  }
  cpSync(KROXYLICIOUS, join(root, PROXY), { recursive: true, dereference: true });
}
