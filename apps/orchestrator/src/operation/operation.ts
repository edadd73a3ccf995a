import type { Evidence, FreshIds } from '#libs/decision';
import type { Actor, Instant, Json } from '#libs/domain';
import type { Caller } from '../api/access.js';
import type { ApiError } from '../api/api-error.js';
import type { KnownGroup } from '../group/group-directory.js';
import type { GroupTransaction } from '../group/group-transaction.js';
import type { GroupView } from '../group/group-view.js';

/** All that an operation looks at: one journal revision, who asks, and when. */
export interface Occasion {
  readonly group: KnownGroup;
  readonly view: GroupView;
  readonly evidence: Evidence;
  readonly fresh: FreshIds;
  readonly caller: Caller;
  readonly at: Instant;
  /** What the request is called in the log, where it came over HTTP. */
  readonly requestId?: string;
}

/** What comes of it. Without `write` it is so already; with a refusal it is written down and then refused. */
export interface Change<T> {
  readonly answer: T;
  readonly write?: (transaction: GroupTransaction) => void;
  readonly refusal?: ApiError;
}

/** Whether it may be done while the group is on hold: only what finds out how it stands, and the rescue itself. */
export interface OnHold {
  readonly isAllowedOnHold?: boolean;
  /** How often it is tried again because something else was written in the meantime. */
  readonly attempts?: number;
}

/** What a person does to a group: pure, made again on a newer revision when something else was written. @throws ApiError */
export type Operation<T> = (occasion: Occasion) => Change<T>;

export const actorOf = ({ caller }: Occasion): Actor => ({ kind: 'person', id: caller.name });

/**
 * Adds the audit entry of an operation that leaves the group's phase as it is. Its evidence says under which id it was
 * asked for; that of a decision must stay what the decision was made on, so it does not.
 */
export function note(
  transaction: GroupTransaction,
  occasion: Occasion,
  rule: string,
  evidence: { readonly [key: string]: Json },
): void {
  const { view, at, requestId } = occasion;
  const { phase } = view.state;
  transaction.audit({
    at,
    actor: actorOf(occasion),
    rule,
    before: phase,
    after: phase,
    epoch: view.epoch,
    evidence: { ...evidence, ...(requestId !== undefined && { requestId }) },
  });
}
