import { decodeOrThrow } from '#libs/contracts';
import type { Entry } from '#libs/journal';
import type { z } from 'zod';

interface Made {
  readonly text: string;
  readonly value: unknown;
}

/**
 * What was made of journal entries, kept for as long as the next read shows the same text: a record is decoded, and the
 * signature of a vote checked, when it changes and not at every look. It compares texts, not revisions: those start
 * anew where a journal is restored. It holds no more than what was read last.
 */
export class EntryMemo {
  private before: ReadonlyMap<string, Made> = new Map();
  private now = new Map<string, Made>();

  /** A read begins: what it does not ask for is forgotten with the next one. */
  begin(): void {
    this.before = this.now;
    this.now = new Map();
  }

  /** What `make` makes of the entry, or made of it before. The entry of one key is always made into the same. */
  of<T>(entry: Entry, make: (entry: Entry) => T): T {
    const known = this.now.get(entry.key) ?? this.before.get(entry.key);
    const made = known?.text === entry.value ? known : { text: entry.value, value: make(entry) };
    this.now.set(entry.key, made);
    return made.value as T;
  }
}

/** A record in the shape of its schema. @throws MalformedError, which names the key */
export type ReadEntry = <S extends z.ZodType>(schema: S, entry: Entry) => z.output<S>;

export const readerOf =
  (memo: EntryMemo): ReadEntry =>
  (schema, entry) =>
    memo.of(entry, ({ key, value }) => decodeOrThrow(schema, value, key));
