import type { Epoch, GroupId, RunId } from '#libs/domain';

/** For whom the listener is closed or opened, so that whoever does it can refuse an older order than it has seen. */
export interface FenceOrder {
  readonly group: GroupId;
  readonly epoch: Epoch;
  /** Absent where the guard acts by itself. */
  readonly run?: RunId | undefined;
}

/**
 * Port: the last rung of the fence ladder. Closes the site's Kafka to its clients without asking the broker, on
 * connections that are already open too: nothing the broker sends may reach a client afterwards, and no old connection
 * may be left to carry a late acknowledgement once the listener is open again.
 *
 * @throws FenceCommandError
 */
export abstract class ListenerSwitch {
  abstract close(order: FenceOrder): Promise<void>;
  abstract open(order: FenceOrder): Promise<void>;
  abstract state(): Promise<'open' | 'closed'>;
  /** Whether a client's connection attempt succeeds at any of the site's brokers. */
  abstract answers(): Promise<boolean>;
}
