import type { Clock } from '#libs/runtime';
import { conflictsOf, faultsOf, isSame } from './rules.js';
import { inOrder, keyOf, qualified, type WireChange, type WireSet } from './wire-set.js';

/** "1,000 ResourceRecord elements", "32,000 characters" of values; "UPSERT counts twice" in both. */
const RECORDS_MAX = 1_000;
const CHARACTERS_MAX = 32_000;

type Sets = ReadonlyMap<string, WireSet>;

interface Version {
  readonly change: string;
  readonly sets: Sets;
  readonly inSyncAtMs: number;
}

/** One hosted zone: what the API holds, and what its name servers know already. */
export class HostedZone {
  readonly apex: string;
  private readonly versions: Version[];
  private changes = 0;

  constructor(
    readonly id: string,
    name: string,
    private readonly clock: Clock,
  ) {
    this.apex = qualified(name);
    const own: WireSet[] = [
      { name: this.apex, type: 'NS', ttl: 172_800, values: [`ns-1.${this.apex}`] },
      {
        name: this.apex,
        type: 'SOA',
        ttl: 900,
        values: [`ns-1.${this.apex} hostmaster.${this.apex} 1 7200 900 1209600 86400`],
      },
    ];
    this.versions = [{ change: 'C0', sets: new Map(own.map((set) => [keyOf(set), set])), inSyncAtMs: 0 }];
  }

  /** "This action returns the most current version of the records. This includes records that are PENDING". */
  sets(versionsBack = 0): readonly WireSet[] {
    const version = this.versions.at(-1 - versionsBack) ?? this.versions[0]!;
    return [...version.sets.values()].toSorted(inOrder);
  }

  /** What the name servers answer from: changes arrive there in their order. */
  propagated(): readonly WireSet[] {
    return [...this.versions.findLast(({ inSyncAtMs }) => inSyncAtMs <= this.clock.monotonicMs())!.sets.values()];
  }

  status(change: string): 'PENDING' | 'INSYNC' | undefined {
    const version = this.versions.find((each) => each.change === change);
    if (version === undefined) return undefined;
    return version.inSyncAtMs <= this.clock.monotonicMs() ? 'INSYNC' : 'PENDING';
  }

  /**
   * "Route 53 validates the changes in the request and then either makes all or none of the changes in the change batch
   * request." Each change is validated on what those before it leave.
   */
  change(
    batch: readonly WireChange[],
    propagationMs: number,
  ): { readonly change: string } | { readonly faults: readonly string[] } {
    const tooLarge = limitFaults(batch);
    if (tooLarge.length > 0) return { faults: tooLarge };
    const sets = new Map(this.versions.at(-1)!.sets);
    const faults = batch.flatMap((each) => this.make(each, sets));
    if (faults.length > 0) return { faults };
    this.changes += 1;
    const change = `C${this.id}${this.changes}`;
    const earlier = this.versions.at(-1)!.inSyncAtMs;
    this.versions.push({ change, sets, inSyncAtMs: Math.max(earlier, this.clock.monotonicMs() + propagationMs) });
    return { change };
  }

  /** Forgets what the API took last, as a region that was lost with what it had not passed on. */
  loseLast(): void {
    if (this.versions.length > 1) this.versions.pop();
  }

  private make({ action, set }: WireChange, sets: Map<string, WireSet>): readonly string[] {
    const key = keyOf(set);
    const held = sets.get(key);
    if (action === 'DELETE') {
      const tried = `Tried to delete resource record set ${printed(set)}`;
      if (held === undefined) return [`${tried} but it was not found`];
      if (!isSame(held, set)) return [`${tried} but the values provided do not match the current values`];
      if (set.name === this.apex && ['NS', 'SOA'].includes(set.type))
        return [`A HostedZone must contain at least one ${set.type} record for the zone itself.`];
      sets.delete(key);
      return [];
    }
    if (action === 'CREATE' && held !== undefined)
      return [`Tried to create resource record set ${printed(set)} but it already exists`];
    const faults = [...faultsOf(set, this.apex), ...conflictsOf(set, [...sets.values()], this.apex)];
    if (faults.length === 0) sets.set(key, set);
    return faults;
  }
}

const printed = ({ name, type, setIdentifier }: WireSet): string =>
  `[name='${name}', type='${type}'${setIdentifier === undefined ? '' : `, set-identifier='${setIdentifier}'`}]`;

function limitFaults(batch: readonly WireChange[]): readonly string[] {
  const counted = batch.flatMap(({ action, set }) => (action === 'UPSERT' ? [set, set] : [set]));
  const records = counted.reduce((sum, { values }) => sum + values.length, 0);
  const characters = counted.reduce((sum, { values }) => sum + values.join('').length, 0);
  return [
    ...(records > RECORDS_MAX ? [`Number of records limit of ${RECORDS_MAX} exceeded.`] : []),
    ...(characters > CHARACTERS_MAX ? [`Character limit of ${CHARACTERS_MAX} exceeded.`] : []),
  ];
}
