import type { SignalboxError } from '#libs/domain';
import type { NameChange, SeenName } from './name-change.js';
import type { NameServer } from './name-server.js';

/** The provider's own name of a change that it took. */
export type ChangeId = string;

/**
 * What became of a change. Only after `applied` and `unknown` can anything have been changed.
 * - `refused-by-fence`: a name carries another stamp than was seen.
 * - `changed-by-somebody-else`: the stamps are as seen, the records are not; `holds` is what is there now.
 * - `throttled`: the provider asks for fewer requests; `transient`: it could not, this time.
 * - `unknown`: no answer; only reading tells.
 * - `misconfigured`: the same change will never be taken; the error says what to do.
 */
export type Applied =
  | { readonly outcome: 'applied'; readonly change?: ChangeId }
  | { readonly outcome: 'refused-by-fence' }
  | { readonly outcome: 'changed-by-somebody-else'; readonly holds: readonly SeenName[] }
  | { readonly outcome: 'throttled' | 'transient' | 'unknown'; readonly reason: string }
  | { readonly outcome: 'misconfigured'; readonly error: SignalboxError };

/** Who answers for a zone, to be asked directly. */
export interface Authorities {
  /** Those that clients are sent to. */
  readonly serving: readonly NameServer[];
  /** A primary that serves no client: it must agree too, when it can be reached. */
  readonly hidden: readonly NameServer[];
}

/**
 * Port: where names are kept and changed. Changes are absolute and name all that was seen. A provider that takes one
 * record set per request compares its `version`, and reports what it left half done as `unknown`: reading it again and
 * applying what is then seen finishes it. One that can only be switched declares its fence weak.
 */
export abstract class NameProvider {
  /** `strong`: the provider compares and changes in one, stamps included. `weak`: compared by us just before. */
  abstract readonly fence: 'strong' | 'weak';

  /** Its requests are few and shared with what has to be changed: between changes its authoritative servers are asked instead. */
  abstract readonly countsReads: boolean;

  /**
   * In the order of `names`.
   * @throws UnavailableError
   * @throws DnsForeignRecordError where a name holds what Signalbox cannot manage
   * @throws DnsRejectedError
   */
  abstract read(names: readonly string[], signal: AbortSignal): Promise<readonly SeenName[]>;

  /** Never throws for what a provider, a network or a deadline does. */
  abstract apply(change: NameChange, signal: AbortSignal): Promise<Applied>;

  /**
   * The provider's own "in sync": on all servers that it runs. True where it has no such word. A change that it does not
   * know is `lost`: what became of it must be read.
   */
  abstract settled(change: ChangeId, signal: AbortSignal): Promise<'in-sync' | 'pending' | 'lost'>;

  /** @throws UnavailableError when they cannot be found out */
  abstract authorities(signal: AbortSignal): Promise<Authorities>;
}
