import { SignalboxError } from '#libs/domain';
import type { Owner } from '#libs/kubernetes';

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

/** A resource of Strimzi's is not made in the way that lets it be turned. */
export class MirrorUnpreparedError extends SignalboxError {
  readonly code = 'SB_MIRROR_UNPREPARED';
  readonly retryable = false;

  constructor(name: string, problem: string) {
    super(`${name} ${problem}. How it is to be stands in docs/strimzi.md`);
  }
}

/** A resource of Strimzi's is turned by somebody else already: another group, or another Signalbox. */
export class MirrorClaimedError extends SignalboxError {
  readonly code = 'SB_MIRROR_CLAIMED';
  readonly retryable = false;

  constructor(name: string, theirs: Owner, ours: Owner) {
    super(
      `${name} is turned by ${ownerText(theirs)}, and two would undo each other's work (we are ${ownerText(ours)}): ` +
        'take it out of one signalbox.yaml',
    );
  }
}

/** What was asked of Strimzi's cluster operator was not done in time; it may still do it. */
export class MirrorUnreconciledError extends SignalboxError {
  readonly code = 'SB_MIRROR_UNRECONCILED';
  readonly retryable = true;
}

/** The properties of a MirrorMaker 2 that runs on its own cannot be read, replaced or understood. */
export class MirrorFileError extends SignalboxError {
  readonly code = 'SB_MIRROR_FILE';
  readonly retryable = true;
}

/** The command that starts a MirrorMaker 2 anew failed, or took longer than the step has. */
export class MirrorRestartError extends SignalboxError {
  readonly code = 'SB_MIRROR_RESTART';
  readonly retryable = true;
}

/** A MirrorMaker 2 that runs on its own cannot be told from where to go on. */
export class MirrorPositionsFixedError extends SignalboxError {
  readonly code = 'SB_MIRROR_POSITIONS_FIXED';
  readonly retryable = false;

  constructor(flow: string) {
    super(
      `${flow} is run by a MirrorMaker 2 of its own, which nobody can tell from where to go on, and it has not come that far: ` +
        'rebuild the returned site by hand and release it, or run this direction on Connect',
    );
  }
}

const ownerText = ({ installation, group }: Owner): string => `group ${group} of the installation ${installation}`;
