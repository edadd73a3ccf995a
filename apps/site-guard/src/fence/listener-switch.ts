import type { Epoch, GroupId, RunId, SignalboxError } from '#libs/domain';
import { FenceCommandError } from '../errors.js';

/** For whom the listener is closed or opened, so that whoever does it can refuse an older order than it has seen. */
export interface FenceOrder {
  readonly group: GroupId;
  readonly epoch: Epoch;
  /** Absent where the guard acts by itself. */
  readonly run?: RunId | undefined;
}

/** What its own word and the probe say of it. */
export interface ListenerLook {
  readonly status: 'open' | 'closed';
  readonly answers: boolean;
}

/**
 * Port: the last rung of the fence ladder. Closes the site's Kafka to its clients without asking the broker, on
 * connections that are already open too: nothing the broker sends may reach a client afterwards, and no old connection
 * may be left to carry a late acknowledgement once the listener is open again.
 *
 * @throws FenceCommandError, or what else the way it is closed has of its own
 */
export abstract class ListenerSwitch {
  abstract close(order: FenceOrder): Promise<void>;
  abstract open(order: FenceOrder): Promise<void>;
  abstract state(): Promise<'open' | 'closed'>;
  /** As it is found after a start. `unproven`: closed by its own word, and that has to be proven again. */
  standing(): Promise<'open' | 'closed' | 'unproven'> {
    return this.state();
  }
  /** Does as much of closing it as no client feels. */
  async rehearse(): Promise<void> {
    await this.state();
  }
  /** What to say when it was closed, and that is not what was found. */
  unproven({ status, answers }: ListenerLook): SignalboxError {
    return new FenceCommandError(
      `The fence command closed the listener, but its status is "${status}" and clients ` +
        `${answers ? 'still connect' : 'no longer connect'}. Close it by hand and repair the command.`,
    );
  }
  /** Whether a client's connection attempt succeeds at any of the site's brokers. */
  abstract answers(): Promise<boolean>;
}
