/**
 * Port: the last rung of the fence ladder. Closes the site's Kafka to its clients without asking the broker, on
 * connections that are already open too: nothing the broker sends may reach a client afterwards, and no old connection
 * may be left to carry a late acknowledgement once the listener is open again.
 *
 * @throws FenceCommandError
 */
export abstract class ListenerSwitch {
  abstract close(): Promise<void>;
  abstract open(): Promise<void>;
  abstract state(): Promise<'open' | 'closed'>;
  /** Whether a client's connection attempt succeeds at any of the site's brokers. */
  abstract answers(): Promise<boolean>;
}
