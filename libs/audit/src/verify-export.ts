import type { Keyring } from '#libs/contracts';
import type { GroupId, SiteId } from '#libs/domain';
import type { ChainHead } from './chain.js';
import { readExport, type BadLine } from './read-export.js';

export type ExportVerdict =
  | {
      readonly ok: true;
      /** Whose chain it is; the other one is absent. */
      readonly group?: GroupId;
      readonly site?: SiteId;
      readonly entries: number;
      readonly head: ChainHead;
      /** `unchecked`: there is one, and no keys were given. Without a valid one, a chain that was rewritten as a whole passes. */
      readonly signature: 'valid' | 'absent' | 'unchecked';
      /** The key it names. */
      readonly signedBy?: string;
    }
  | BadLine;

/**
 * Names the first entry that is not as it was exported. Any change shows: of a value by its hash, of the spelling
 * because lines are canonical, of the length because the header says where the chain ends.
 */
export function verifyExport(bytes: Uint8Array, keyring?: Keyring): ExportVerdict {
  const read = readExport(bytes, keyring);
  return read.ok ? verdictOn(read, keyring) : read;
}

/** What is said of an export that holds. */
export function verdictOn(
  { header, content }: Extract<ReturnType<typeof readExport>, { ok: true }>,
  keyring: Keyring | undefined,
): Extract<ExportVerdict, { ok: true }> {
  const { group, site, last, head: hash, keyId } = header;
  const signature = keyId === undefined ? 'absent' : keyring ? 'valid' : 'unchecked';
  return {
    ok: true,
    ...(group !== undefined && { group }),
    ...(site !== undefined && { site }),
    entries: content.entries.length,
    head: { sequence: last, hash },
    signature,
    ...(keyId !== undefined && { signedBy: keyId }),
  };
}
