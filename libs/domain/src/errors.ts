/** An operating error: expected, typed, handled by a shell. A refusal or a veto is a value, not an error. */
export abstract class SignalboxError extends Error {
  /** Stable and documented in docs/errors.md; safe to alert on. */
  abstract readonly code: `SB_${string}`;
  /** Whether the same call, unchanged, can succeed later. */
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The answer never came: what was asked for may have happened or not. Read back before anything else. */
export class OutcomeUnknownError extends SignalboxError {
  readonly code = 'SB_OUTCOME_UNKNOWN';
  readonly retryable = false;
}

/** Nobody was reached, so nothing was done. */
export class UnavailableError extends SignalboxError {
  readonly code = 'SB_UNAVAILABLE';
  readonly retryable = true;
}

/** A bug of ours. Never caught: the process stops and its successor resumes from the journal. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

export function invariant(holds: unknown, message: string): asserts holds {
  if (!holds) throw new InvariantViolation(message);
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
