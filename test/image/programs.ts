import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

const PROGRAMS = ['podman', 'runc', 'conmon', 'busybox', 'npm', 'tar'];
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/libexec/podman'];

/** The full path of a program, or undefined. */
export const findProgram = (name: string): string | undefined =>
  FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));

/** What this machine lacks to build and run a container image; empty when it can. */
export function missingForImages(): readonly string[] {
  const programs = PROGRAMS.filter((name) => findProgram(name) === undefined);
  return [
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...(process.platform === 'linux' && knows('overlay') ? [] : ['overlayfs']),
    ...(existsSync('/sys/fs/cgroup') ? [] : ['cgroups']),
    ...programs,
  ];
}

const knows = (filesystem: string): boolean =>
  readFileSync('/proc/filesystems', 'utf8').split(/\s+/).includes(filesystem);
