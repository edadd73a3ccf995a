import { SignalboxError } from '#libs/domain';

/** A name server understood us and said no, for a reason that the same request will meet again. */
export class DnsRejectedError extends SignalboxError {
  readonly code = 'SB_DNS_REJECTED';
  readonly retryable = false;

  constructor(
    readonly server: string,
    readonly answer: string,
    remedy: string,
  ) {
    super(`name server ${server} answered ${answer}: ${remedy}`);
  }
}

/** The zone holds something at our names that Signalbox did not write and must not overwrite. */
export class DnsForeignRecordError extends SignalboxError {
  readonly code = 'SB_DNS_FOREIGN_RECORD';
  readonly retryable = false;
}
