import { SignalboxError } from '#libs/domain';

/** A ConfigMap or Secret is switched by somebody else already: another group, or another Signalbox. */
export class ConfigClaimedError extends SignalboxError {
  readonly code = 'SB_CONFIG_CLAIMED';
  readonly retryable = false;

  constructor(name: string, owner: string, self: string) {
    super(
      `${name} is switched by ${owner}, and two would undo each other's work (we are ${self}): ` +
        'take it out of one signalbox.yaml; how what belongs to nobody any more is freed stands in docs/kubernetes.md',
    );
  }
}
