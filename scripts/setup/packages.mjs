import { existsSync, readdirSync } from 'node:fs';
import { execute } from './execute.mjs';
import { withLock } from './lock.mjs';
import { withoutServiceStarts } from './policy.mjs';
import { findProgram, javaMajor } from './programs.mjs';

/**
 * Something that Debian packages, known by its program or by a file of it.
 * @typedef {object} Packaged
 * @property {string} [program]
 * @property {string} [file]
 * @property {string} package
 * @property {string} [service] what its package would start at the next boot
 */

/** @type {Packaged} */
export const JAVA = { program: 'java', package: 'default-jre-headless' };
/** What the lab runs. @type {readonly Packaged[]} */
export const LAB_PROGRAMS = [
  { program: 'redis-server', package: 'redis-server', service: 'redis-server.service' },
  { program: 'named', package: 'bind9', service: 'named.service' },
  { program: 'nsupdate', package: 'bind9-dnsutils' },
  { program: 'unbound', package: 'unbound', service: 'unbound.service' },
  { program: 'iptables', package: 'iptables' },
  { program: 'ip', package: 'iproute2' },
  { program: 'openssl', package: 'openssl' },
  JAVA,
];
/** The name servers that tests and figures compare with the lab's. @type {readonly Packaged[]} */
export const NAME_SERVER_PROGRAMS = [
  { program: 'knotd', package: 'knot', service: 'knot.service' },
  { program: 'pdns_server', package: 'pdns-server', service: 'pdns.service' },
  // Its module lies in a folder of the machine's architecture; the schema does not.
  { file: '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql', package: 'pdns-backend-sqlite3' },
];
/** What builds and runs a container image. @type {readonly Packaged[]} */
export const IMAGE_PROGRAMS = [
  { program: 'podman', package: 'podman', service: 'podman.socket' },
  { program: 'runc', package: 'runc' },
  { program: 'conmon', package: 'conmon' },
  { program: 'busybox', package: 'busybox-static' },
];
/** @type {Packaged} */
export const MAVEN = { program: 'mvn', package: 'maven' };
/** What verifies the models: Spin writes C, which is compiled. @type {readonly Packaged[]} */
export const MODEL_PROGRAMS = [
  { program: 'spin', package: 'spin' },
  { program: 'gcc', package: 'gcc' },
  { file: '/usr/include/stdio.h', package: 'libc6-dev' },
];
/** What a control plane of Kubernetes takes that is not built: its certificates. @type {readonly Packaged[]} */
export const KUBERNETES_PROGRAMS = [{ program: 'openssl', package: 'openssl' }];
/** What runs the pods of a node that is not built. @type {readonly Packaged[]} */
export const NODE_PROGRAMS = [
  { program: 'runc', package: 'runc' },
  { program: 'iptables', package: 'iptables' },
  { program: 'ip', package: 'iproute2' },
  { file: '/usr/lib/cni/bridge', package: 'containernetworking-plugins' },
  { program: 'redis-server', package: 'redis-server', service: 'redis-server.service' },
];
/** What tries the alert rules. @type {readonly Packaged[]} */
export const ALERT_PROGRAMS = [{ program: 'promtool', package: 'prometheus', service: 'prometheus.service' }];
const KAFKA_WANTS_JAVA = 17;
const LOCK_WAIT = ['-o', 'DPkg::Lock::Timeout=300'];

/**
 * The system's programs, from Debian packages when this process may install them.
 * @param {readonly Packaged[]} wanted @returns {import('./parts.mjs').Part}
 */
export function packages(wanted) {
  const missing = wanted.filter((entry) => !isThere(entry));
  const java = wanted.some(({ program }) => program === 'java') ? findProgram('java') : undefined;
  const isJavaTooOld = java !== undefined && javaMajor(java) < KAFKA_WANTS_JAVA;
  return {
    name: 'system packages',
    cacheMegabytes: 0,
    unit: 'packages',
    soFar: () => 0,
    isReady: () => missing.length === 0 && !isJavaTooOld,
    obstacles: () => [
      ...(isJavaTooOld
        ? [
            `${java} is Java ${javaMajor(java) || 'of unknown version'}, Kafka needs ${KAFKA_WANTS_JAVA}: put a newer one first in PATH`,
          ]
        : []),
      ...(missing.length > 0 && !mayInstall() ? [missingPrograms(missing)] : []),
    ],
    make: (context) => withLock('system packages', context, () => install(missing, context)),
  };
}

/** @param {Packaged} entry */
const isThere = ({ program, file }) =>
  program === undefined ? file !== undefined && existsSync(file) : findProgram(program) !== undefined;

function mayInstall() {
  return process.getuid?.() === 0 && findProgram('apt-get') !== undefined;
}

/** @param {readonly Packaged[]} missing */
function missingPrograms(missing) {
  const names = missing.map(({ program, file }) => program ?? file).join(', ');
  const install = `apt-get install --no-install-recommends ${missing.map((entry) => entry.package).join(' ')}`;
  const who = findProgram('apt-get')
    ? 'as root'
    : 'on Debian or Ubuntu; elsewhere the packages that bring these programs';
  return `not installed: ${names}. ${who}: ${install}`;
}

/** @param {readonly Packaged[]} missing @param {import('./parts.mjs').Context} context */
async function install(missing, { say, signal }) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const names = missing.map((entry) => entry.package);
  const request = [...LOCK_WAIT, 'install', '--yes', '--no-install-recommends', '--no-upgrade', ...names];
  // An outdated or partly unreachable list is no reason to stop: what counts is whether the packages can be had.
  await execute('apt-get', [...LOCK_WAIT, 'update'], { env, signal }).catch(() => signal.throwIfAborted());
  await execute('apt-get', ['--download-only', ...request], { env, signal });
  await withoutServiceStarts(async (denied) => {
    // From here to the end dpkg changes the system: Ctrl-C waits, since a stop would leave packages half-configured.
    const finish = { env: { ...env, ...denied }, signal, whenAborted: /** @type {const} */ ('finish') };
    if (readdirSync('/var/lib/dpkg/updates').length > 0) await execute('dpkg', ['--configure', '-a'], finish);
    say(`unpacking ${names.join(', ')}; services are not started`);
    await execute('apt-get', request, finish);
    const services = missing.flatMap(({ service }) => service ?? []);
    const systemctl = findProgram('systemctl');
    if (systemctl && services.length > 0) await execute(systemctl, ['disable', ...services], finish).catch(() => {});
  });
  return { files: names.length, bytes: 0 };
}
