import { OutcomeUnknownError, SignalboxError, UnavailableError } from '#libs/domain';
import { DnsRejectedError } from './errors.js';
import { recordChange, type NameChange, type NameStep, type SeenName } from './name-change.js';
import { companyOf, lonely } from './lone-names.js';
import { NameProvider, type Applied, type Authorities } from './name-provider.js';
import type { Doors } from './doors.js';
import type { NameServer } from './name-server.js';
import { hasRefusedWhat } from './refusal.js';
import { seenAt } from './seen-at.js';
import { bytesOf } from './update-message.js';

export interface Rfc2136Servers {
  /** Takes the updates, under a key. A hidden primary serves no client when there are secondaries. */
  readonly primary: NameServer | Doors;
  readonly secondaries: readonly NameServer[];
}

/**
 * A zone on RFC 2136 servers. The fence is the primary's: the update names the exact stamps and records that were seen,
 * and the server changes all of it or nothing (RFC 2136 §3.2, §3.4).
 */
export class Rfc2136NameProvider extends NameProvider {
  override readonly fence = 'strong';
  override readonly countsReads = false;

  constructor(
    private readonly zone: string,
    private readonly servers: Rfc2136Servers,
  ) {
    super();
  }

  override read(names: readonly string[], signal: AbortSignal): Promise<readonly SeenName[]> {
    return seenAt(this.servers.primary, names, signal);
  }

  override async apply(change: NameChange, signal: AbortSignal): Promise<Applied> {
    const records = recordChange(change);
    const beyond = records.create.find(({ alias, routing }) => alias !== undefined || routing !== undefined);
    if (beyond) return { outcome: 'misconfigured', error: this.cannotSay(beyond.name) };
    try {
      const { primary } = this.servers;
      const answer = await primary.update({ zone: this.zone, ...records, alone: lonely(change) }, signal);
      if (answer === 'done') return { outcome: 'applied' };
      if (answer === 'server-failure') return { outcome: 'unknown', reason: 'the primary answered SERVFAIL' };
      return await companyOf(primary, change, await hasRefusedWhat(this, change, signal), signal);
    } catch (error) {
      return failed(error);
    }
  }

  /** What one name takes of an update. */
  sizeOf(step: NameStep): number {
    const change = { names: [step] };
    return bytesOf({ ...recordChange(change), alone: lonely(change) }, this.zone);
  }

  override async settled(): Promise<'in-sync'> {
    return 'in-sync';
  }

  override async authorities(): Promise<Authorities> {
    const { primary, secondaries } = this.servers;
    const primaries = 'all' in primary ? primary.all : [primary];
    return secondaries.length === 0 ? { serving: primaries, hidden: [] } : { serving: secondaries, hidden: primaries };
  }

  private cannotSay(name: string): DnsRejectedError {
    const { address } = this.servers.primary;
    return new DnsRejectedError(
      address,
      'nothing, it was not asked',
      `RFC 2136 has neither aliases nor weighted sets; give ${name} addresses, a CNAME or SRV records`,
    );
  }
}

function failed(error: unknown): Applied {
  if (error instanceof OutcomeUnknownError) return { outcome: 'unknown', reason: error.message };
  if (error instanceof UnavailableError) return { outcome: 'transient', reason: error.message };
  if (error instanceof SignalboxError) return { outcome: 'misconfigured', error };
  throw error;
}
