import { SignalboxError } from '#libs/domain';
import type { SeenName } from './name-change.js';

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

/** A DNS provider's API understood us and said no, for a reason that the same request will meet again. */
export class ProviderRejectedError extends SignalboxError {
  readonly code = 'SB_DNS_PROVIDER_REJECTED';
  readonly retryable = false;

  constructor(
    provider: string,
    /** The provider's own name of it. */
    readonly answer: string,
    said: string,
    remedy: string,
  ) {
    super(`${provider} answered ${answer} (${said}): ${remedy}`);
  }
}

/** More than a provider takes in one change. */
export class ChangeTooLargeError extends SignalboxError {
  readonly code = 'SB_DNS_CHANGE_TOO_LARGE';
  readonly retryable = false;
}

/** The zone holds something at our names that Signalbox did not write and must not overwrite. */
export class DnsForeignRecordError extends SignalboxError {
  readonly code = 'SB_DNS_FOREIGN_RECORD';
  readonly retryable = false;
}

/** A server that should have the zone does not answer for it, or has given a part of it away. */
export class DnsNotServedError extends SignalboxError {
  readonly code = 'SB_DNS_NOT_SERVED';
  readonly retryable = false;
}

/** Between our look and our write somebody changed the records, and left our stamp: nothing of ours does that. */
export class DnsChangedError extends SignalboxError {
  readonly code = 'SB_DNS_CHANGED';
  readonly retryable = false;

  constructor(
    readonly seen: readonly SeenName[],
    readonly holds: readonly SeenName[],
  ) {
    super(
      `somebody else changed ${seen.map(({ name }) => name).join(', ')} while it was to be switched: ` +
        `it held ${printed(seen)}, and holds ${printed(holds)}. Nothing was overwritten: find out who writes it, then ` +
        'retry the step to replace what is there now, or abort the run',
    );
  }
}

const printed = (names: readonly SeenName[]): string =>
  names
    .flatMap(({ sets }) => sets)
    .map(
      ({ type, values, alias, ttlSeconds }) => `${type} ${alias?.aliasOf ?? values.join(' ')} (${ttlSeconds ?? '-'} s)`,
    )
    .join(', ') || 'nothing';
