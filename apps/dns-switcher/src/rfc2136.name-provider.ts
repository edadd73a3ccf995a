import { isIP, isIPv6 } from 'node:net';
import {
  FencedResource,
  invariant,
  NEVER_STAMPED,
  OutcomeUnknownError,
  type Epoch,
  type NameTarget,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { askUntilAgreed, type AskTimes, type AuthoritativeServers } from './authoritative-answers.js';
import { canonical, epochName, epochText, readNameState } from './name-state.js';
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
    invariant(next.addresses.every(isIP), `${this.options.name} can only point at IP addresses`);
    if (seen.epoch > epoch) return 'refused';
    const { zone, name } = this.options;
    try {
      const answer = await this.servers.primary.update(
        {
          zone,
          whereStill: [stamped(name, seen.epoch), ...pointing(name, seen.value)],
          // A family that nobody uses is left out, so that the key needs no right to it.
          replaceBy: [
            stamped(name, epoch),
            ...pointing(name, next).filter(({ type }) => type === 'A' || usesIPv6(seen.value) || usesIPv6(next)),
          ],
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

  private within(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, AbortSignal.timeout(this.options.callTimeoutMs)]);
  }
}

const stamped = (name: string, epoch: Epoch): RecordSet => ({
  name: epochName(name),
  type: 'TXT',
  values: epoch === NEVER_STAMPED ? [] : [epochText(epoch)],
});

const pointing = (name: string, { addresses }: NameTarget): readonly RecordSet[] => {
  const spelled = canonical(addresses);
  return [
    { name, type: 'A', values: spelled.filter((address) => !isIPv6(address)) },
    { name, type: 'AAAA', values: spelled.filter((address) => isIPv6(address)) },
  ];
};

const usesIPv6 = ({ addresses }: NameTarget): boolean => addresses.some((address) => isIPv6(address));
