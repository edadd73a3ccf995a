/**
 * What Slack is answered at once, and what is done after that: Slack gives three seconds, and shows people an error when
 * the answer comes later.
 */
export interface Reply {
  /** Nothing but "taken" when absent. */
  readonly body?: object;
  /** Fails only by a bug. */
  readonly work: () => Promise<void>;
}

export const TAKEN: Reply = { work: async () => undefined };

/** Says something to one person. @throws SignalboxError */
export type Say = (text: string) => Promise<void>;
