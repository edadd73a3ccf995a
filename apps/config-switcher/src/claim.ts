import type { Stats } from 'node:fs';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnavailableError, type WriteOutcome } from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { regularFile } from './config-file.js';
import { codeOf, ConfigFileInaccessibleError, fileError } from './errors.js';

/** A claim that is still there after this long is somebody's who died or froze. A replacement takes milliseconds. */
const ABANDONED_AFTER_MS = 300;
const PAUSE_MS = 5;
const MODE_WHEN_NEW = 0o644;
const READABLE_BY_ALL = 0o004;

/**
 * The right to replace a file once: a hidden file of a name of its own beside it, which first is the lock and then, by
 * one rename, the file. Who makes a claim and then sees no other one has it, since of two claims the later maker sees
 * the earlier one. An abandoned claim is removed by whoever finds it, and that is safe even when its maker is only
 * slow: a claim that is gone can no longer be renamed, so its maker changes nothing.
 */
export class Claim {
  private constructor(
    private readonly file: string,
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** Waits for its turn. @throws UnavailableError when it does not come within `signal`, ConfigFileInaccessibleError */
  static async take(file: string, clock: Clock, random: Random, signal: AbortSignal): Promise<Claim> {
    const firstSeenMs = new Map<string, number>();
    for (;;) {
      const claim = await Claim.make(file, random.id());
      const others = await claim.others();
      for (const other of others) if (!firstSeenMs.has(other)) firstSeenMs.set(other, clock.monotonicMs());
      const isAbandoned = (other: string) => clock.monotonicMs() - firstSeenMs.get(other)! >= ABANDONED_AFTER_MS;
      if (others.every(isAbandoned)) {
        await Promise.all(others.map((other) => rm(other, { force: true })));
        return claim;
      }
      await claim.withdraw();
      await clock.sleep(PAUSE_MS * (1 + 4 * random.fraction()), signal);
      if (signal.aborted) throw new UnavailableError(`${file}: another process is replacing it (${others.join(', ')})`);
    }
  }

  /** Makes `text` the file, with the mode and the owner that the file had. `refused`: somebody removed the claim. */
  async replace(text: string, signal: AbortSignal): Promise<WriteOutcome> {
    try {
      await this.handle.writeFile(text);
      await this.keep(await regularFile(this.file));
      await this.handle.sync();
    } catch (error) {
      throw fileError(this.file, error);
    }
    if (signal.aborted) throw new UnavailableError(`${this.file} was not replaced in time`);
    return this.publish();
  }

  /** Nothing of it is left, whether it became the file or not. */
  async withdraw(): Promise<void> {
    await this.handle.close();
    await rm(this.path, { force: true });
  }

  private async publish(): Promise<WriteOutcome> {
    try {
      await rename(this.path, this.file);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 'refused';
      const failure = fileError(this.file, error);
      if (failure.retryable) return 'unknown';
      throw failure;
    }
    try {
      await syncFolder(dirname(this.file));
      return 'written';
    } catch {
      return 'unknown';
    }
  }

  /** A client that could read the old file can read the new one. */
  private async keep(old: Stats | undefined): Promise<void> {
    const mode = old === undefined ? MODE_WHEN_NEW : old.mode & 0o777;
    const own = await this.handle.stat();
    if (old !== undefined && (old.uid !== own.uid || old.gid !== own.gid)) {
      await this.handle.chown(old.uid, old.gid).catch((error: unknown) => {
        if ((mode & READABLE_BY_ALL) === 0) throw cannotKeepOwner(this.file, old, error);
      });
    }
    await this.handle.chmod(mode);
  }

  private async others(): Promise<readonly string[]> {
    const folder = dirname(this.file);
    const names = await readdir(folder).catch(async (error: unknown) => {
      await this.withdraw();
      throw fileError(this.file, error);
    });
    const claims = names.filter((name) => name.startsWith(prefixOf(this.file))).map((name) => join(folder, name));
    return claims.filter((path) => path !== this.path);
  }

  private static async make(file: string, id: string): Promise<Claim> {
    const path = join(dirname(file), prefixOf(file) + id);
    try {
      return new Claim(file, path, await open(path, 'wx', 0o600));
    } catch (error) {
      throw fileError(file, error);
    }
  }
}

const prefixOf = (file: string): string => `.${basename(file)}.claim-`;

const cannotKeepOwner = (file: string, { uid, gid }: Stats, cause: unknown): ConfigFileInaccessibleError =>
  new ConfigFileInaccessibleError(
    `${file} belongs to user ${uid} and group ${gid}, and its replacement would not: ` +
      'run the config-switcher as that user, or let everybody read the file (mode 0644)',
    { cause },
  );

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
