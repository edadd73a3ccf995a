import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { NODE } from '../../cache.js';
import { onPath } from '../../preflight.js';
import { isRoot } from '../../processes.js';
import { missingForKubernetes } from '../preflight.js';
import { CONTROLLERS } from './cgroup.js';

const PROGRAMS = [
  'unshare',
  'nsenter',
  'mount',
  'ip',
  'iptables',
  'runc',
  'podman',
  'conmon',
  'busybox',
  'redis-server',
];
const NETWORK_PLUGINS = ['bridge', 'host-local', 'loopback', 'portmap'];

/** What no node can be started without, and is not here; empty when one can. */
export function missingForNode(): string[] {
  if (!isRoot) return ['root'];
  const missing = missingForKubernetes();
  const programs = PROGRAMS.filter((program) => !onPath(program));
  const plugins = NETWORK_PLUGINS.filter((plugin) => !existsSync(join('/usr/lib/cni', plugin)));
  const built = Object.values(NODE).filter((path) => !existsSync(path));
  const cgroups = CONTROLLERS.filter((controller) => !existsSync(`/sys/fs/cgroup/${controller}/cgroup.procs`));
  return [
    ...missing,
    ...programs,
    ...plugins.map((plugin) => `CNI plugin ${plugin}`),
    ...built.map((path) => basename(path)),
    ...(cgroups.length > 0 ? [`cgroups of version 1: ${cgroups.join(', ')}`] : []),
    ...(missing.length + programs.length === 0 ? rightsMissing() : []),
  ];
}

/** Tried rather than looked up: what a sandbox forbids stands nowhere. */
function rightsMissing(): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-overlay-'));
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(folder, name));
  const layers = `lowerdir=${folder}/lower,upperdir=${folder}/upper,workdir=${folder}/work`;
  const inside = (...command: string[]) => spawnSync('unshare', ['--mount', '--net', '--', ...command]).status === 0;
  try {
    if (!inside('true')) return ['the right to make namespaces (unshare --mount --net)'];
    const mounts = inside('mount', '-t', 'overlay', '-o', layers, 'overlay', join(folder, 'merged'));
    return mounts ? [] : [`overlayfs over ${tmpdir()}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
