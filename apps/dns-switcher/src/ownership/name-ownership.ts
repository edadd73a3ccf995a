import { messageOf, UnavailableError, type OwnerSeen } from '#libs/domain';
import { DnsForeignRecordError } from '../errors.js';
import type { NameProvider } from '../name-provider.js';
import type { NameServer } from '../name-server.js';
import { ownerIn } from './foreign-owner.js';
import { registryNames, type TxtAffix } from './registry-names.js';

export interface OwnershipOptions {
  readonly name: string;
  /** Owners whose name this is no longer, by the names they have in messages. */
  readonly adopt: readonly string[];
  readonly externalDns: readonly TxtAffix[];
}

/** Who else says, in the zone, that a name is theirs. */
export class NameOwnership {
  private readonly places: readonly string[];

  constructor(
    private readonly provider: NameProvider,
    private readonly options: OwnershipOptions,
  ) {
    this.places = registryNames(options.name, options.externalDns);
  }

  /** @throws UnavailableError when no authoritative server answers */
  async others(signal: AbortSignal): Promise<readonly OwnerSeen[]> {
    const { serving, hidden } = await this.provider.authorities(signal);
    const texts = await firstAnswer([...hidden, ...serving], this.places, signal);
    return this.places.flatMap((at, index) =>
      texts[index]!.flatMap((text) => {
        const owner = ownerIn(text);
        return owner ? [{ name: owner.name, at, isAdopted: this.options.adopt.includes(owner.name) }] : [];
      }),
    );
  }

  /**
   * Before our first stamp: whoever says that the name is theirs goes on writing to it, and overwrites what a run set.
   * @throws DnsForeignRecordError, UnavailableError
   */
  async demandFree(signal: AbortSignal): Promise<void> {
    const foreign = (await this.others(signal)).filter(({ isAdopted }) => !isAdopted);
    if (foreign.length > 0) throw new DnsForeignRecordError(describeOwners(this.options.name, foreign));
  }
}

export const describeOwners = (name: string, owners: readonly OwnerSeen[]): string => {
  const names = [...new Set(owners.map((owner) => owner.name))];
  return (
    `${name} belongs to ${owners.map((owner) => `${owner.name} (TXT at ${owner.at})`).join(', ')}: ` +
    `take it out of its hands, then say so in signalbox.yaml with adopt: [${names.join(', ')}]`
  );
};

/** The texts at each place, from the first server that answers. */
async function firstAnswer(
  servers: readonly NameServer[],
  places: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const problems: string[] = [];
  for (const server of servers) {
    try {
      const answers = await server.query(
        places.map((name) => ({ name, type: 'TXT' as const })),
        signal,
      );
      return answers.map((records) => records.filter(({ type }) => type === 'TXT').map(({ data }) => data));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  throw new UnavailableError(`nobody says who owns the name: ${problems.join('; ')}`);
}
