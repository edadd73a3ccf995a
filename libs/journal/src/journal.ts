import type { Stop } from '#libs/runtime';

/** A point in the journal's history. Revisions are totally ordered; equal revisions mean equal contents. */
export type Revision = number & { readonly __brand: 'Revision' };
export type LeaseId = string & { readonly __brand: 'LeaseId' };

export interface Entry {
  readonly key: string;
  readonly value: string;
  /** Of the last change of this key. */
  readonly revision: Revision;
}

/** Everything that was asked for, at one revision, ordered by key. */
export interface Snapshot {
  readonly revision: Revision;
  readonly entries: readonly Entry[];
}

export type Condition =
  | { readonly kind: 'absent'; readonly key: string }
  | { readonly kind: 'unchanged'; readonly key: string; readonly revision: Revision }
  | { readonly kind: 'equals'; readonly key: string; readonly value: string };

export type Change =
  | { readonly kind: 'put'; readonly key: string; readonly value: string; readonly lease?: LeaseId }
  | { readonly kind: 'delete'; readonly key: string };

/** All changes are made if all conditions hold at that moment; otherwise none is. A key is changed at most once. */
export interface Transaction {
  readonly conditions: readonly Condition[];
  readonly changes: readonly Change[];
}

/** Not committed means that a condition did not hold; that a lease named by a `put` still exists is one of them. */
export type CommitOutcome = { readonly committed: true; readonly revision: Revision } | { readonly committed: false };

/** What changed under a watched name. A `put` carries the entry, a `delete` (or an ended lease) only the key. */
export type WatchEvent =
  | { readonly kind: 'put'; readonly entry: Entry }
  | { readonly kind: 'delete'; readonly key: string; readonly revision: Revision };

/**
 * Port: the coordination engine and the record of everything that was decided. Strictly serializable; every read is
 * linearizable. A name that ends in `/` means every key under it, any other name exactly that key. Adapters: etcd, and
 * an in-memory one for tests and simulation; both pass `journalConformance`.
 */
export abstract class Journal {
  /** All entries under `names`, at one revision. @throws UnavailableError */
  abstract read(...names: readonly string[]): Promise<Snapshot>;

  /**
   * @throws UnavailableError when certainly nothing was written.
   * @throws OutcomeUnknownError when no answer came: it may or may not have been committed. Read before anything else.
   */
  abstract commit(transaction: Transaction): Promise<CommitOutcome>;

  /**
   * Calls `onEvents` for every change under `name` after revision `after`: in order, without gaps or repeats across
   * reconnects, and all changes of one revision in one call. Silent while the journal is unreachable. When history was
   * compacted away it calls `onGap` and ends: read anew and watch from there.
   */
  abstract watch(name: string, after: Revision, listener: WatchListener): Stop;

  /**
   * Ends on its own, deleting the keys bound to it, unless renewed within `ttlMs` (whole seconds, rounded up; etcd
   * raises it to one and a half election time-outs). @throws UnavailableError
   */
  abstract grantLease(ttlMs: number): Promise<LeaseId>;

  /** False when the lease is gone: its keys are deleted and it cannot come back. @throws UnavailableError */
  abstract renewLease(lease: LeaseId): Promise<boolean>;

  /** Ends the lease now and deletes its keys; nothing happens when it is gone already. @throws UnavailableError */
  abstract revokeLease(lease: LeaseId): Promise<void>;

  /** The members that did not answer lately, by address; empty when all is well. For /readyz. */
  abstract missing(): readonly string[];

  abstract close(): Promise<void>;
}

export interface WatchListener {
  readonly onEvents: (events: readonly WatchEvent[]) => void;
  readonly onGap: () => void;
}
