import { SignalboxError } from '#libs/domain';

/** Connect does not have a connector that the topology names. */
export class ConnectorMissingError extends SignalboxError {
  readonly code = 'SB_CONNECTOR_MISSING';
  readonly retryable = false;

  constructor(url: string, connector: string) {
    super(
      `Connect at ${url} has no connector "${connector}": create it, or correct the flow's driver in signalbox.yaml`,
    );
  }
}

/** Connect understood us and will not do it. */
export class ConnectRejectedError extends SignalboxError {
  readonly code = 'SB_CONNECT_REJECTED';
  readonly retryable = false;
}

/** Stranded records that are not there any more as they were counted, or that have no place at the site that serves. */
export class SalvageImpossibleError extends SignalboxError {
  readonly code = 'SB_SALVAGE_IMPOSSIBLE';
  readonly retryable = false;
}
