import type { VetoView } from '#libs/contracts';
import { SignalboxError } from '#libs/domain';
import { EXIT, type ExitCode } from './exit-code.js';

/** A command that cannot go on: what happened, what to do about it, and what the process ends with. */
export abstract class CliError extends SignalboxError {
  abstract readonly exitCode: ExitCode;

  constructor(
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export class UsageError extends CliError {
  readonly code = 'SB_CLI_USAGE';
  readonly retryable = false;
  readonly exitCode = EXIT.usage;
}

/** No orchestrator gave an answer that can be used; the message lists each one and why. */
export class NobodyReachableError extends CliError {
  readonly code = 'SB_CLI_UNREACHABLE';
  readonly retryable = true;
  readonly exitCode = EXIT.unreachable;
}

export class ForbiddenError extends CliError {
  readonly code = 'SB_CLI_FORBIDDEN';
  readonly retryable = false;
  readonly exitCode = EXIT.forbidden;
}

/** An orchestrator answered and said no. `refusal` is its own stable code; `vetoes` is everything in the way. */
export class RefusedError extends CliError {
  readonly code = 'SB_CLI_REFUSED';
  readonly retryable = false;
  readonly exitCode = EXIT.refused;

  constructor(
    readonly refusal: string,
    message: string,
    remedy: string,
    readonly vetoes: readonly VetoView[] = [],
    /** What a person is told instead of message and remedy, which say the same less clearly. */
    readonly text?: string,
  ) {
    super(message, remedy);
  }

  told(text: string): RefusedError {
    return new RefusedError(this.refusal, this.message, this.remedy, this.vetoes, text);
  }
}
