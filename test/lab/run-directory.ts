import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabSite } from './layout.js';

export interface ProcessId {
  readonly pid: number;
  /** Tells it from a later process that was given the same pid. */
  readonly startTime: string;
}

/** A process of the lab. */
export interface ProcessRecord extends ProcessId {
  readonly site: LabSite;
  readonly name: string;
  readonly log: string;
}

/** Who started the lab and answers for it. */
export interface OwnerRecord extends ProcessId {
  /** Takes the lab down when the owner is gone. */
  readonly reaper?: ProcessId;
  /** Loopback addresses that were not there before; written before they are added. */
  readonly addedAddresses: readonly string[];
}

/**
 * The lab's state: one small file a fact, so that the owner and commands from other processes never overwrite each other.
 * Holds passwords and keys: nobody but the owner may look in.
 */
export class RunDirectory {
  constructor(readonly path: string) {}

  exists(): boolean {
    return existsSync(this.path);
  }

  create(): void {
    mkdirSync(this.path, { mode: 0o700 });
    for (const folder of ['processes', 'down', 'held', 'logs', 'secrets'])
      mkdirSync(join(this.path, folder), { mode: 0o700 });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** A folder inside, created when missing. */
  folder(...names: string[]): string {
    const path = join(this.path, ...names);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Readable by its owner only: configurations carry passwords. */
  write(text: string, ...names: string[]): string {
    const path = this.file(...names);
    writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
    return path;
  }

  owner(): OwnerRecord | undefined {
    return this.json<OwnerRecord>('owner.json');
  }

  setOwner(owner: OwnerRecord): void {
    this.write(JSON.stringify(owner), 'owner.json');
  }

  record(process: ProcessRecord): void {
    this.write(JSON.stringify(process), 'processes', `${process.site}.${process.name}.json`);
  }

  process(site: LabSite, name: string): ProcessRecord | undefined {
    return this.json<ProcessRecord>('processes', `${site}.${name}.json`);
  }

  processes(): ProcessRecord[] {
    return this.names('processes').flatMap((name) => this.json<ProcessRecord>('processes', name) ?? []);
  }

  /** A site that was killed stays down until it is restarted. */
  setDown(site: LabSite, down: boolean): void {
    this.mark(down, 'down', site);
  }

  isDown(site: LabSite): boolean {
    return existsSync(this.file('down', site));
  }

  /** A process that is held does not come back by itself. */
  setHeld(site: LabSite, name: string, held: boolean): void {
    this.mark(held, 'held', `${site}.${name}`);
  }

  isHeld(site: LabSite, name: string): boolean {
    return existsSync(this.file('held', `${site}.${name}`));
  }

  private mark(on: boolean, ...names: string[]): void {
    if (on) writeFileSync(this.file(...names), '');
    else rmSync(this.file(...names), { force: true });
  }

  private names(folder: string): string[] {
    return existsSync(this.file(folder)) ? readdirSync(this.file(folder)).filter((name) => name.endsWith('.json')) : [];
  }

  private json<T>(...names: string[]): T | undefined {
    try {
      return JSON.parse(readFileSync(this.file(...names), 'utf8')) as T;
    } catch {
      return undefined;
    }
  }
}
