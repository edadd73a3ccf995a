import { SignalboxError } from '#libs/domain';

/** ACLs of others make the wanted write access impossible; a person has to change them. Nothing was changed. */
export class AccessObstacleError extends SignalboxError {
  readonly code = 'SB_ACCESS_OBSTACLE';
  readonly retryable = false;
}

/** The site's fence command failed, or the listener is not as it says. */
export class FenceCommandError extends SignalboxError {
  readonly code = 'SB_FENCE_COMMAND';
  readonly retryable = true;
}

/** A fence or its removal had no effect where clients feel it. */
export class FenceProofError extends SignalboxError {
  readonly code = 'SB_FENCE_PROOF';
  readonly retryable = true;
}
