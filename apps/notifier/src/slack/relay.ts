import type { SlackPerson } from '#libs/contracts';

/** What somebody did in Slack, by ids that Slack vouches for. Who that is to Signalbox, the other side looks up. */
interface Said {
  readonly person: SlackPerson;
  /** By what it is found again in Slack. */
  readonly details: Readonly<Record<string, string>>;
  /** The same for the same click, however often it comes. */
  readonly idempotencyKey: string;
}

export interface RelayedAnswer extends Said {
  readonly approval: string;
  readonly decision: 'grant' | 'deny';
  /** Of the plan that was shown. */
  readonly planHash: string;
  readonly reason?: string;
}

export interface RelayedFreeze extends Said {
  readonly group: string;
  readonly forMs: number;
  readonly reason: string;
}

/** An orchestrator said no, and wrote it down. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
}

export type RelayOutcome =
  /** It counts; `phase` of the approval after it. */
  | { readonly kind: 'counted'; readonly phase: string }
  | { readonly kind: 'already-decided'; readonly phase: string; readonly by: string | undefined }
  | Refused;

export type FreezeOutcome = { readonly kind: 'frozen'; readonly by: string; readonly until: number } | Refused;

/** Port: hands what people say to the rules, which decide whether it counts. Adapters: HTTP, in-memory. */
export abstract class Relay {
  /** @throws UnavailableError when no orchestrator answered: it may have arrived, and can be sent again. */
  abstract answer(answer: RelayedAnswer): Promise<RelayOutcome>;
  /** @throws UnavailableError as above */
  abstract freeze(freeze: RelayedFreeze): Promise<FreezeOutcome>;
}
