import { messageOf, SignalboxError, UnavailableError } from '#libs/domain';

/** The file that clients follow is not what they were promised. It is never overwritten: it may hold somebody's work. */
export class ConfigFileMalformedError extends SignalboxError {
  readonly code = 'SB_CONFIG_FILE_MALFORMED';
  readonly retryable = false;

  /** `problem` says which file and what is wrong with it. */
  constructor(problem: string) {
    super(
      `${problem}. It is not overwritten: correct it to { "epoch": <number>, "data": { <texts by key> } }, ` +
        'or move it away, and the next run writes it anew',
    );
  }
}

/** The file or its folder is out of our reach, for a reason that the same call will meet again. */
export class ConfigFileInaccessibleError extends SignalboxError {
  readonly code = 'SB_CONFIG_FILE_INACCESSIBLE';
  readonly retryable = false;
}

/** By what the system calls it; anything else may pass. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is missing: create it, or correct the path in signalbox.yaml',
  ENOTDIR: 'its folder is a file: correct the path in signalbox.yaml',
  EACCES: 'let the user of the config-switcher read, create and rename files in its folder',
  EPERM: 'let the user of the config-switcher read, create and rename files in its folder',
  EROFS: 'its file system is read-only: mount it writable for the config-switcher',
  EBUSY: 'it is a mount of its own and cannot be replaced: mount its folder instead',
  EXDEV: 'it is a mount of its own and cannot be replaced: mount its folder instead',
  ENOTEMPTY: 'it is a folder: correct the path in signalbox.yaml',
  EISDIR: 'it is a folder: correct the path in signalbox.yaml',
};

/** What a failed call of the file system means for `file`; nothing was changed. */
export function fileError(file: string, error: unknown): SignalboxError {
  if (error instanceof SignalboxError) return error;
  const code = codeOf(error);
  const advice = ADVICE[code];
  const options = { cause: error };
  return advice === undefined
    ? new UnavailableError(`${file}: the file system answers ${code}`, options)
    : new ConfigFileInaccessibleError(`${file} (${code}): ${advice}`, options);
}

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : messageOf(error);
