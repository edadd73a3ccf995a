import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { archives } from './cache.js';
import { type ClassArchive, jars, javaVersion } from './java.js';

/** Class archives of both programs, and the first metadata of an empty broker, which the format tool writes. */
export type Recording = 'kafka.jsa' | 'connect.jsa' | 'bootstrap.checkpoint';
export const RECORDINGS: readonly Recording[] = ['kafka.jsa', 'connect.jsa', 'bootstrap.checkpoint'];

interface Stamp {
  /** What it was made from. */
  readonly key: string;
  readonly crc32: number;
}

/** The recordings in the cache. One that is missing, damaged, or made for another JDK or other jars counts as absent. */
export class Archives {
  private readonly sound: Set<Recording>;

  private constructor(private readonly key: string) {
    this.sound = new Set(RECORDINGS.filter((recording) => this.isSound(recording)));
  }

  static async open(): Promise<Archives> {
    const made = jars().map((path) => [path, statSync(path).size, statSync(path).mtimeMs]);
    const text = JSON.stringify([await javaVersion(), made]);
    return new Archives(createHash('sha256').update(text).digest('hex'));
  }

  areComplete(): boolean {
    return this.sound.size === RECORDINGS.length;
  }

  for(program: 'kafka' | 'connect'): ClassArchive {
    const path = this.find(`${program}.jsa`);
    return path === undefined ? 'none' : { use: path };
  }

  find(recording: Recording): string | undefined {
    return this.sound.has(recording) ? pathOf(recording) : undefined;
  }

  /** Where a program that is being recorded writes; `keep` puts it in place. */
  draft(recording: Recording): string {
    mkdirSync(archives(), { recursive: true });
    return `${pathOf(recording)}.${process.pid}`;
  }

  keep(recording: Recording): void {
    const draft = this.draft(recording);
    const stamp: Stamp = { key: this.key, crc32: crc32(readFileSync(draft)) };
    writeFileSync(`${draft}.json`, JSON.stringify(stamp));
    // The stamp goes first and comes back last: in between nothing counts.
    rmSync(stampOf(recording), { force: true });
    renameSync(draft, pathOf(recording));
    renameSync(`${draft}.json`, stampOf(recording));
    this.sound.add(recording);
  }

  /** A damaged class archive would not be refused by the JVM, which checks its header only. */
  private isSound(recording: Recording): boolean {
    try {
      const stamp = JSON.parse(readFileSync(stampOf(recording), 'utf8')) as Stamp;
      return stamp.key === this.key && stamp.crc32 === crc32(readFileSync(pathOf(recording)));
    } catch {
      return false;
    }
  }
}

const pathOf = (recording: Recording) => join(archives(), recording);
const stampOf = (recording: Recording) => `${pathOf(recording)}.json`;
