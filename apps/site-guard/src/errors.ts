import { SignalboxError } from '#libs/domain';
import type { Owner } from '#libs/kubernetes';

/** ACLs of others make the wanted write access impossible; a person has to change them. Nothing was lifted. */
export class AccessObstacleError extends SignalboxError {
  readonly code = 'SB_ACCESS_OBSTACLE';
  readonly retryable = false;
}

/** The site's fence command failed, or the listener is not as it says. */
export class FenceCommandError extends SignalboxError {
  readonly code = 'SB_FENCE_COMMAND';
  readonly retryable = true;
}

/** The NetworkPolicy that closes the site's listener is not ours, was changed, or is enforced by nobody. */
export class FencePolicyError extends SignalboxError {
  readonly code = 'SB_FENCE_POLICY';
  readonly retryable = true;
}

/** A fence or its removal had no effect where clients feel it. */
export class FenceProofError extends SignalboxError {
  readonly code = 'SB_FENCE_PROOF';
  readonly retryable = true;
}

/** The topic in which a fence by message size is noted is not one that keeps it. */
export class FenceLedgerError extends SignalboxError {
  readonly code = 'SB_FENCE_LEDGER';
  readonly retryable = false;

  constructor(topic: string, problem: string, options?: ErrorOptions) {
    super(
      `Topic ${topic} ${problem}. Nothing was fenced or lifted by message size. It has one partition and is compacted: ` +
        `kafka-topics.sh --create --topic ${topic} --partitions 1 --config cleanup.policy=compact`,
      options,
    );
  }
}

/** A KafkaUser that is named for the fence is not one whose writes can be denied in it. */
export class KafkaUserUnpreparedError extends SignalboxError {
  readonly code = 'SB_KAFKA_USER_UNPREPARED';
  readonly retryable = false;

  constructor(name: string, problem: string) {
    super(`${name} ${problem}. Nothing was changed there`);
  }
}

/** Another group, or another installation, fences by this KafkaUser. */
export class KafkaUserClaimedError extends SignalboxError {
  readonly code = 'SB_KAFKA_USER_CLAIMED';
  readonly retryable = false;

  constructor(name: string, theirs: Owner, ours: Owner) {
    super(
      `${name} is fenced for ${ownerText(theirs)}, and it carries one epoch (we are ${ownerText(ours)}): give every ` +
        'group KafkaUsers of its own',
    );
  }
}

const ownerText = ({ installation, group }: Owner): string => `group ${group} of ${installation}`;
