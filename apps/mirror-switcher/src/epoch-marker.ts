import { epoch, NEVER_STAMPED, type Epoch } from '#libs/domain';
import { ConnectRejectedError, ConnectorMissingError } from './errors.js';
import type { ConnectClient } from './connect-client.js';

const EPOCH_KEY = 'signalbox.epoch';

export interface FlowAliases {
  readonly source: string;
  readonly target: string;
}

/**
 * Where a flow's epoch is stamped: the configuration of a connector of our own that is STOPPED from its creation on and
 * never runs. Stamping the flow's own connectors would restart their tasks; with a dead source that delays the stop that
 * follows by one to three seconds.
 */
export class EpochMarker {
  private readonly name: string;

  constructor(
    private readonly connect: ConnectClient,
    flow: string,
    private readonly aliases: FlowAliases,
  ) {
    this.name = `signalbox-epoch-${flow}`;
  }

  async read(signal: AbortSignal): Promise<Epoch> {
    try {
      const stamped = (await this.connect.config(this.name, signal))[EPOCH_KEY] ?? '';
      if (!/^\d{1,15}$/.test(stamped))
        throw new ConnectRejectedError(
          `connector "${this.name}" at ${this.connect.url} has no number in ${EPOCH_KEY}: somebody else changed it; ` +
            'put the highest epoch of the group there',
        );
      return epoch(Number(stamped));
    } catch (error) {
      if (error instanceof ConnectorMissingError) return NEVER_STAMPED;
      throw error;
    }
  }

  /** False when somebody else stamped first. */
  async stamp(next: Epoch, seen: Epoch, signal: AbortSignal): Promise<boolean> {
    const config = {
      'connector.class': 'org.apache.kafka.connect.mirror.MirrorHeartbeatConnector',
      'source.cluster.alias': this.aliases.source,
      'target.cluster.alias': this.aliases.target,
      'tasks.max': '1',
      [EPOCH_KEY]: String(next),
    };
    if (seen === NEVER_STAMPED) return this.connect.createStopped(this.name, config, signal);
    await this.connect.setConfig(this.name, config, signal);
    return true;
  }
}
