import type { Keyring } from '#libs/contracts';
import type { AnyEntry } from './chain.js';
import { readExport, type BadLine } from './read-export.js';
import { isLog, readLog } from './read-log.js';

export type Records = { readonly ok: true; readonly records: readonly AnyEntry[] } | BadLine;

/** The entries of an export, or of lines as they are sent to Kafka, with their evidence, if every link of them holds. */
export const recordsIn = (bytes: Uint8Array, keyring?: Keyring): Records =>
  isLog(bytes) ? readLog(bytes) : readExport(bytes, keyring);
