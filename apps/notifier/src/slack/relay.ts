/** An answer of somebody else, whom a channel knows. */
export interface RelayedAnswer {
  readonly approval: string;
  readonly decision: 'grant' | 'deny';
  /** As signalbox.yaml names them; of somebody who does not stand there, the channel's own id for them. */
  readonly principal: string;
  readonly memberOf: readonly string[];
  /** Of the plan that was shown. */
  readonly planHash: string;
  readonly reason?: string;
  /** By what the channel finds it again. */
  readonly details: Readonly<Record<string, string>>;
  /** The same for the same click, however often it comes. */
  readonly idempotencyKey: string;
}

export type RelayOutcome =
  /** It counts; `phase` of the approval after it. */
  | { readonly kind: 'counted'; readonly phase: string }
  | { readonly kind: 'already-decided'; readonly phase: string; readonly by: string | undefined }
  /** An orchestrator said no, and wrote it down. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Port: hands what people say to the rules, which decide whether it counts. Adapters: HTTP, in-memory. */
export abstract class Relay {
  /** @throws UnavailableError when no orchestrator answered: it may have arrived, and can be sent again. */
  abstract answer(answer: RelayedAnswer): Promise<RelayOutcome>;
}
