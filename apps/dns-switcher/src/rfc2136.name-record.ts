import { isIPv4 } from 'node:net';
import {
  FencedResource,
  invariant,
  OutcomeUnknownError,
  type Epoch,
  type NameTarget,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { askUntilAgreed, type AskTimes, type AuthoritativeServers } from './authoritative-answers.js';
import { epochName, epochText, readNameState } from './name-state.js';
import type { RecordSet } from './update-message.js';

export interface NameRecordOptions {
  readonly zone: string;
  /** Fully qualified, inside the zone. */
  readonly name: string;
  /** For one read or write at the primary. */
  readonly callTimeoutMs: number;
  readonly ask: AskTimes;
}

/**
 * A traffic name on RFC 2136 servers. The fence is the primary's: the update names the exact epoch record and the exact
 * addresses that were seen, and the server changes all of it or nothing (RFC 2136 §3.2, §3.4).
 */
export class Rfc2136NameRecord extends FencedResource<NameTarget> {
  override readonly fence = 'strong';

  constructor(
    private readonly servers: AuthoritativeServers,
    private readonly clock: Clock,
    private readonly options: NameRecordOptions,
  ) {
    super();
  }

  override async read(signal: AbortSignal): Promise<Stamped<NameTarget>> {
    const { target, epoch } = await readNameState(this.servers.primary, this.options.name, this.within(signal));
    return { value: target, epoch, version: `${epochText(epoch)} ${target.addresses.join(',')}` };
  }

  override async write(
    seen: Stamped<NameTarget>,
    next: NameTarget,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    invariant(next.addresses.every(isIPv4), `${this.options.name} can only point at IPv4 addresses`);
    if (seen.epoch > epoch) return 'refused';
    try {
      const answer = await this.servers.primary.update(
        {
          zone: this.options.zone,
          whereStill: this.sets(seen.value.addresses, seen.epoch === 0 ? [] : [epochText(seen.epoch)]),
          replaceBy: this.sets(next.addresses, [epochText(epoch)]),
          ttlSeconds: next.ttlSeconds,
        },
        this.within(signal),
      );
      if (answer === 'server-failure') return 'unknown';
      return answer === 'done' ? 'written' : 'refused';
    } catch (error) {
      if (error instanceof OutcomeUnknownError) return 'unknown';
      throw error;
    }
  }

  override verify(expected: NameTarget | undefined, signal: AbortSignal): Promise<Verification> {
    return askUntilAgreed(this.servers, this.options.name, expected, this.options.ask, this.clock, signal);
  }

  private sets(addresses: readonly string[], stamps: readonly string[]): RecordSet[] {
    const { name } = this.options;
    return [
      { name: epochName(name), type: 'TXT', values: stamps },
      { name, type: 'A', values: addresses },
    ];
  }

  private within(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, AbortSignal.timeout(this.options.callTimeoutMs)]);
  }
}
