import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, type Epoch, type MirrorState, type Stamped } from '#libs/domain';
import type { Random } from '#libs/runtime';
import type { DedicatedKeys } from '#libs/topology';
import { MirrorFileError } from '../errors.js';
import { readProperties, withProperties, type FlowProperties } from './properties-text.js';

/** What the file says of a flow; `isPartial` while its workers were not started anew since. */
export type HeldFlow = Stamped<MirrorState>;

/**
 * The properties file of a MirrorMaker 2 that runs on its own: one direction, one epoch. A file system compares nothing,
 * so what was seen is compared just before the file is replaced.
 */
export class MirrorMakerFile {
  constructor(
    readonly path: string,
    private readonly keys: DedicatedKeys,
    private readonly random: Random,
  ) {}

  /** @throws MirrorFileError */
  async read(): Promise<HeldFlow> {
    return heldBy((await this.properties()).properties);
  }

  /** Makes it say `next` under `epoch`, where it still says what was seen; false where it does not. @throws MirrorFileError */
  async write(seen: HeldFlow, next: MirrorState, epoch: Epoch, isPending: boolean): Promise<boolean> {
    const { text, properties } = await this.properties();
    const held = heldBy(properties);
    if (held.version !== seen.version || held.epoch > epoch) return false;
    await this.replace(withProperties(text, this.keys, { isEnabled: next === 'running', epoch, isPending }));
    return true;
  }

  private async properties(): Promise<{ readonly text: string; readonly properties: FlowProperties }> {
    const text = await this.trying(() => readFile(this.path, 'utf8'));
    const properties = readProperties(text, this.keys);
    if (properties) return { text, properties };
    throw new MirrorFileError(
      `${this.path} has no number in ${this.keys.epoch}: somebody else changed it; put the highest epoch of the group there`,
    );
  }

  /** By a rename: whoever reads it reads all of the old one, or all of the new one. It keeps its mode. */
  private async replace(text: string): Promise<void> {
    const draft = join(dirname(this.path), `.${basename(this.path)}.${this.random.id()}`);
    try {
      await this.trying(() => this.putInPlace(draft, text));
    } finally {
      await rm(draft, { force: true });
    }
  }

  private async putInPlace(draft: string, text: string): Promise<void> {
    const { mode } = await stat(this.path);
    const handle = await open(draft, 'wx', mode & 0o777);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, this.path);
  }

  private async trying<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const problem = `${this.path}, the properties of MirrorMaker 2, cannot be read or replaced: ${messageOf(error)}`;
      throw new MirrorFileError(problem, { cause: error });
    }
  }
}

function heldBy({ isEnabled, epoch, isPending }: FlowProperties): HeldFlow {
  const value = isEnabled ? 'running' : 'stopped';
  const version = `epoch=${epoch} ${value}${isPending ? ' pending' : ''}`;
  return { value, epoch, version, ...(isPending && { isPartial: true }) };
}
