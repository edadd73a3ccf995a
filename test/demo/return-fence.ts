import type { Instant } from '#libs/domain';
import type { Ledger } from './ledger.js';
import { isPinned } from './pinned-client.js';

/** What Kafka says to a write that an ACL denies. A listener that is closed, or a frozen broker, says nothing. */
const NOT_AUTHORIZED = /authorized/i;
/** What a client says when nobody answered it. */
const NO_ANSWER = /timed out|timeout|connect|socket|ECONN/i;

/** What the producer inside a site met when that site came back. */
export interface Felt {
  /** The first record that the broker said anything about, whatever it said, was sent then. */
  readonly firstAnswerAt: Instant;
  /** The broker refused it for the first time, and acknowledged nothing after that. */
  readonly fenceFeltAt: Instant;
  readonly fencedAfterMs: number;
  /** From the first answer to the last acknowledgement: a listener that was closed in between refuses nobody by name. */
  readonly writableMs: number;
  /** Acknowledged in between: they are in that site's log alone. */
  readonly ackedBeforeFence: number;
  readonly refusals: number;
}

/** Undefined while the fence has not been felt, or was not felt any more at the last try. */
export const fenceFelt = ({ acknowledged, unacknowledged }: Ledger, since: Instant): Felt | undefined => {
  const acks = acknowledged.filter(({ id, sentAt }) => isPinned(id) && sentAt >= since);
  const failures = unacknowledged.filter(({ id, sentAt }) => isPinned(id) && sentAt >= since);
  const lastAckedAt = Math.max(-Infinity, ...acks.map(({ ackedAt }) => ackedAt));
  const refused = failures.filter(({ reason, failedAt }) => NOT_AUTHORIZED.test(reason) && failedAt >= lastAckedAt);
  if (refused.length === 0) return undefined;
  const answered = [...acks, ...failures.filter(({ reason }) => !NO_ANSWER.test(reason))];
  const firstAnswerAt = Math.min(...answered.map(({ sentAt }) => sentAt)) as Instant;
  const fenceFeltAt = Math.min(...refused.map(({ failedAt }) => failedAt)) as Instant;
  return {
    firstAnswerAt,
    fenceFeltAt,
    fencedAfterMs: fenceFeltAt - firstAnswerAt,
    writableMs: Math.max(0, lastAckedAt - firstAnswerAt),
    ackedBeforeFence: acks.length,
    refusals: refused.length,
  };
};
