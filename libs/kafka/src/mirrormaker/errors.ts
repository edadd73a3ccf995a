import { SignalboxError } from '#libs/domain';

/** A record of MirrorMaker 2 or Connect that is not laid out as theirs are: truncated, too long, or of an unknown version. */
export class MalformedRecordError extends SignalboxError {
  readonly code = 'SB_KAFKA_MALFORMED_RECORD';
  readonly retryable = false;
}
