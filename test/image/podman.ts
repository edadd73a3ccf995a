import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** What podman needs inside another sandbox: no network of its own, no systemd, no limits that only the outermost may raise. */
const SETTINGS = `[containers]
netns = "host"
cgroupns = "host"
default_sysctls = []
default_ulimits = ["nofile=20000:20000", "nproc=30000:30000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
`;
const TRUST = '{ "default": [{ "type": "insecureAcceptAnything" }] }';

/** Podman with a store of its own below a folder: images and containers of nobody else are seen or touched. */
export class Podman {
  private readonly flags: readonly string[];
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'containers.conf'), SETTINGS);
    writeFileSync(join(folder, 'policy.json'), TRUST);
    this.flags = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'overlay'];
    this.env = { ...process.env, CONTAINERS_CONF: join(folder, 'containers.conf'), TMPDIR: folder };
  }

  /** What it printed. @throws with all that it said */
  run(...args: readonly string[]): string {
    const { status, stdout, stderr, error } = spawnSync('podman', [...this.flags, ...args], {
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`podman ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** A container in the foreground: it ends with the process that is returned. */
  start(...args: readonly string[]): ChildProcess {
    return spawn('podman', [...this.flags, 'run', ...args], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Builds from a Dockerfile as it is. `mounts`: what only this machine needs to reach its registry. */
  build(tag: string, context: string, mounts: readonly string[]): void {
    const volumes = mounts.flatMap((mount) => ['--volume', mount]);
    const policy = ['--signature-policy', join(this.folder, 'policy.json')];
    // Nobody builds on a layer in between: only the result is written.
    const flags = ['--pull=never', '--network=host', '--format=docker', '--layers=false'];
    this.run('build', ...flags, ...policy, ...volumes, '--tag', tag, context);
  }

  /** Everything in the store goes. */
  destroy(): void {
    this.run('rm', '--all', '--force', '--time', '5');
    this.run('rmi', '--all', '--force');
    // Mounts below the store would keep its folder.
    spawnSync('umount', ['-l', join(this.folder, 'store', 'overlay')]);
  }
}
