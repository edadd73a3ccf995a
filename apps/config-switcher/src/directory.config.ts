import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '#libs/contracts';
import type { ConfigData, Epoch, Stamped, Verification, WriteOutcome } from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { Claim } from './claim.js';
import { ClientConfig } from './client-config.js';
import { configFileText, isAbsent, readConfigFile } from './config-file.js';
import { fileError } from './errors.js';

/**
 * Settings as a file in a folder that clients of this site share. Weak: a file system has no compare-and-set. The epoch
 * stands in the file and is compared just before it is replaced; a claim keeps every other process of ours out in
 * between, and nothing stops a person with an editor.
 */
export class DirectoryConfig extends ClientConfig {
  override readonly fence = 'weak';

  constructor(
    readonly file: string,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    super();
  }

  override async read(_signal: AbortSignal): Promise<Stamped<ConfigData>> {
    return readConfigFile(this.file);
  }

  override async write(
    seen: Stamped<ConfigData>,
    next: ConfigData,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const claim = await Claim.take(this.file, this.clock, this.random, signal);
    try {
      const now = await readConfigFile(this.file);
      if (now.version !== seen.version || now.epoch > epoch) return 'refused';
      return await claim.replace(configFileText(next, epoch), signal);
    } finally {
      await claim.withdraw();
    }
  }

  override async verify(expected: ConfigData | undefined, _signal: AbortSignal): Promise<Verification> {
    const { value, epoch } = await readConfigFile(this.file);
    return {
      check: 'the file that clients follow, read again',
      observed: { file: this.file, epoch, data: value },
      holds: expected === undefined || canonicalJson(value) === canonicalJson(expected),
    };
  }

  override async lacking(_signal: AbortSignal): Promise<string | undefined> {
    try {
      await access(dirname(this.file), constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw fileError(this.file, error);
    }
    if (!isAbsent(await readConfigFile(this.file))) return undefined;
    return (
      `${this.file} is not there, and clients have nothing to follow before the first run: ` +
      'create it as { "epoch": 0, "data": { … } }'
    );
  }
}
