import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { Podman } from './podman.js';
import { findProgram } from './programs.js';

/** What the Dockerfile begins with. */
export const BASE = 'docker.io/library/node:24-slim';

const FOLDERS = [
  'bin',
  'usr/bin',
  'usr/local/bin',
  'usr/local/lib/node_modules',
  'etc',
  'tmp',
  'root',
  'run',
  'proc',
  'sys',
];
/** What a Dockerfile's RUN and npm's own scripts call. */
const TOOLS = ['sh', 'env', 'ln', 'chmod', 'cp', 'mv', 'rm', 'mkdir', 'ls', 'cat', 'test', 'uname'];

/**
 * A root for a stand-in of `node:24-slim`, made of this machine's own parts: Node with the libraries it is linked to, npm,
 * and a shell. It is no Debian, and enough for what a Dockerfile does with it; no registry is asked for an image.
 */
function makeBaseRoot(root: string): void {
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  const node = join(root, 'usr/local/bin/node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  for (const library of librariesOf(process.execPath)) copyIn(root, library);
  const npm = dirname(dirname(realpathSync(findProgram('npm') ?? 'npm')));
  cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr/local/bin', name));
  }
  copyFileSync(realpathSync(findProgram('busybox') ?? 'busybox'), join(root, 'bin/busybox'));
  for (const tool of TOOLS) symlinkSync('busybox', join(root, 'bin', tool));
  symlinkSync('../../bin/busybox', join(root, 'usr/bin/env'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  chmodSync(join(root, 'tmp'), 0o1777);
}

/** Where the dynamic linker finds what programs are linked to, and the linker itself; nothing for one that needs no library. */
export function librariesOf(...programs: readonly string[]): readonly string[] {
  const { stdout } = spawnSync('ldd', programs, { encoding: 'utf8' });
  const lines = stdout.split('\n');
  return [...new Set(lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []))];
}

/** Under the very path by which it is looked for, whatever links lead there. */
function copyIn(root: string, path: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  copyFileSync(realpathSync(path), join(root, path));
}

/** The stand-in, under the name that the Dockerfile asks for. `folder` is for what lies about meanwhile. */
export function importBase(podman: Podman, folder: string): void {
  const root = join(folder, 'base');
  const archive = join(folder, 'base.tar');
  makeBaseRoot(root);
  execFileSync('tar', ['--create', '--file', archive, '--directory', root, '--owner=0', '--group=0', '.']);
  podman.run('import', '--change', 'CMD ["node"]', archive, BASE);
  rmSync(archive);
  rmSync(root, { recursive: true });
}

/** The registry of this machine, and whom it trusts, for `npm ci` in a build: nothing of either ends up in the image. */
export function registryMounts(folder: string): readonly string[] {
  const npmrc = join(folder, 'npmrc');
  const trusted = process.env['NODE_EXTRA_CA_CERTS'] ?? '/etc/ssl/certs/ca-certificates.crt';
  const setting = (name: string) => execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
  const lines = [
    `registry=${setting('registry')}`,
    'cache=/var/cache/npm',
    'update-notifier=false',
    ...(existsSync(trusted) ? ['cafile=/etc/trusted.pem'] : []),
  ];
  writeFileSync(npmrc, `${lines.join('\n')}\n`);
  return [
    `${npmrc}:/usr/local/etc/npmrc:ro`,
    // What this machine has downloaded before.
    `${setting('cache')}:/var/cache/npm`,
    '/etc/resolv.conf:/etc/resolv.conf:ro',
    '/etc/hosts:/etc/hosts:ro',
    ...(existsSync(trusted) ? [`${trusted}:/etc/trusted.pem:ro`] : []),
  ];
}
