import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../condition.js';

const ROOT = '/sys/fs/cgroup';
/** Those that a kubelet asks for, and the one that freezes. */
export const CONTROLLERS = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids', 'systemd'];
const FROZEN_WITHIN_MS = 90_000;
const KILL_ROUNDS = 1_000;
const ROUND_MS = 10;

/** A folder of its own for one site in every hierarchy of the machine (cgroup v1); what was there before is not touched. */
export class Cgroup {
  constructor(readonly name: string) {}

  /** What a process of the site writes its id to, before anything else: so it is frozen and ended with the site. */
  get joinFile(): string {
    return join(this.folder('freezer'), 'cgroup.procs');
  }

  create(): void {
    for (const controller of CONTROLLERS) mkdirSync(this.folder(controller), { recursive: true });
    // Nobody may be in a cpuset that has neither processors nor memory.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      writeFileSync(join(this.folder('cpuset'), file), readFileSync(join(ROOT, 'cpuset', file), 'utf8'));
    }
  }

  /** Everything in the site stops where it is, pods included, and keeps its connections. Returns when nothing of it runs. */
  freeze(): Promise<void> {
    writeFileSync(join(this.folder('freezer'), 'freezer.state'), 'FROZEN');
    return until(`all of ${this.name} stands still`, FROZEN_WITHIN_MS, () =>
      this.isFrozen() ? Promise.resolve() : Promise.reject(new Error('some of it still runs')),
    );
  }

  thaw(): void {
    const state = join(this.folder('freezer'), 'freezer.state');
    if (existsSync(state)) writeFileSync(state, 'THAWED');
  }

  private isFrozen(): boolean {
    return readFileSync(join(this.folder('freezer'), 'freezer.state'), 'utf8').trim() === 'FROZEN';
  }

  /** SIGKILL to every process of the site, also to what nobody recorded, until none is left. Synchronous. */
  kill(): void {
    // A frozen process dies when it is thawed, and not before.
    this.thaw();
    for (let round = 0; round < KILL_ROUNDS; round += 1) {
      const left = foldersBelow(this.folder('freezer')).flatMap(processesIn);
      if (left.length === 0) return;
      for (const pid of left) killIfThere(pid);
      pause(ROUND_MS);
    }
  }

  remove(): void {
    // A container runtime makes folders in all that there are, also where nobody asked for one.
    for (const controller of readdirSync(ROOT)) {
      // The deepest first: only an empty one can go.
      for (const folder of foldersBelow(this.folder(controller)).toReversed()) removeIfEmpty(folder);
    }
  }

  private folder(controller: string): string {
    return join(ROOT, controller, this.name);
  }
}

/** The folder itself first, each before what is in it. */
function foldersBelow(folder: string): string[] {
  try {
    const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [folder, ...inside.flatMap((entry) => foldersBelow(join(folder, entry.name)))];
  } catch {
    return []; // It went meanwhile.
  }
}

function processesIn(folder: string): number[] {
  try {
    const text = readFileSync(join(folder, 'cgroup.procs'), 'utf8');
    return text.split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EBUSY') throw error;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
