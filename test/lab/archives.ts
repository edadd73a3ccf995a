import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHIVES } from './cache.js';
import { type ClassArchive, jars, javaVersion } from './java.js';

export type Program = 'kafka' | 'connect';

interface Stamp {
  /** What the archive was made from. */
  readonly key: string;
  readonly bytes: number;
}

/** The class archives in the cache. One that is missing, cut short, or made for another JDK or other jars counts as absent. */
export class Archives {
  private constructor(private readonly key: string) {}

  static async open(): Promise<Archives> {
    const made = jars().map((path) => [path, statSync(path).size, statSync(path).mtimeMs]);
    return new Archives(
      createHash('sha256')
        .update(await javaVersion())
        .update(JSON.stringify(made))
        .digest('hex'),
    );
  }

  for(program: Program): ClassArchive {
    return this.has(program) ? { use: this.path(program) } : 'none';
  }

  areComplete(): boolean {
    return this.has('kafka') && this.has('connect');
  }

  private has(program: Program): boolean {
    try {
      const stamp = JSON.parse(readFileSync(`${this.path(program)}.json`, 'utf8')) as Stamp;
      return stamp.key === this.key && stamp.bytes === statSync(this.path(program)).size;
    } catch {
      return false;
    }
  }

  /** Where a program that is being recorded writes; `keep` puts it in place. */
  draft(program: Program): string {
    mkdirSync(ARCHIVES, { recursive: true });
    return `${this.path(program)}.${process.pid}`;
  }

  /** Puts the archive in place BEFORE its stamp, so that a half-written one never counts. */
  keep(program: Program): void {
    const draft = this.draft(program);
    const stamp: Stamp = { key: this.key, bytes: statSync(draft).size };
    rmSync(`${this.path(program)}.json`, { force: true });
    renameSync(draft, this.path(program));
    writeFileSync(`${draft}.json`, JSON.stringify(stamp));
    renameSync(`${draft}.json`, `${this.path(program)}.json`);
  }

  private path(program: Program): string {
    return join(ARCHIVES, `${program}.jsa`);
  }
}
