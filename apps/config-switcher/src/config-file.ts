import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClientConfigWire, decode } from '#libs/contracts';
import { NEVER_STAMPED, type ConfigData, type Epoch, type Stamped } from '#libs/domain';
import { codeOf, ConfigFileInaccessibleError, ConfigFileMalformedError, fileError } from './errors.js';

/** The version of a file that is not there. */
const ABSENT = 'absent';

/**
 * A missing file holds nothing and was never stamped; its folder must be there.
 * @throws ConfigFileMalformedError, ConfigFileInaccessibleError, UnavailableError
 */
export async function readConfigFile(file: string): Promise<Stamped<ConfigData>> {
  const bytes = await contentOf(file);
  if (bytes === undefined) return { value: {}, epoch: NEVER_STAMPED, version: ABSENT };
  const { epoch, data } = parse(file, bytes);
  return { value: data, epoch, version: createHash('sha256').update(bytes).digest('hex') };
}

export const isAbsent = ({ version }: Stamped<ConfigData>): boolean => version === ABSENT;

/** One setting a line, for people; the same data gives the same text. */
export const configFileText = (data: ConfigData, epoch: Epoch): string =>
  `${JSON.stringify({ epoch, data }, null, 2)}\n`;

/** The file itself, or undefined where there is none: replacing a link would leave what it points to as it was. */
export async function regularFile(file: string): Promise<Stats | undefined> {
  try {
    const found = await lstat(file);
    if (found.isFile()) return found;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw fileError(file, error);
    await stat(dirname(file)).catch((missing: unknown) => {
      throw fileError(file, missing);
    });
    return undefined;
  }
  const advice = 'write the path of the file itself into signalbox.yaml, no link and no device';
  throw new ConfigFileInaccessibleError(`${file} is no regular file: ${advice}`);
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  if ((await regularFile(file)) === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fileError(file, error);
  }
}

function parse(file: string, bytes: Buffer) {
  const decoded = decode(ClientConfigWire, textOf(file, bytes), file);
  if (!decoded.ok) throw new ConfigFileMalformedError(decoded.problem.message);
  return decoded.value;
}

/** A text that is no UTF-8 could not be written back as it was. */
function textOf(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigFileMalformedError(`${file} is malformed: it is no UTF-8`);
  }
}
