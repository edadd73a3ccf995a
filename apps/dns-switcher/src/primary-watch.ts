import { messageOf, SignalboxError } from '#libs/domain';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { NameServer } from './name-server.js';

const EVERY_MS = 5_000;

/** A zone, and the servers that take our updates of it: one, or several over the same data. */
export interface Primary {
  readonly zone: string;
  readonly doors: readonly NameServer[];
}

type Look = { readonly door: NameServer } & ({ readonly zone: string } | { readonly error: SignalboxError });

/**
 * Asks every primary under our key, so that a wrong key shows on /readyz long before a run depends on it. Of several it
 * looks whether they are over the same data, which is what makes the fence of one the fence of all.
 */
export class PrimaryWatch {
  private stops: readonly Stop[] = [];

  constructor(
    private readonly primaries: readonly Primary[],
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly timeoutMs: number,
  ) {}

  start(): void {
    this.stops = this.primaries.map((primary) => this.clock.every(EVERY_MS, () => this.check(primary)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private async check(primary: Primary): Promise<void> {
    const component = `primary of ${primary.zone}`;
    const looks = await this.lookAtAll(primary);
    const errors = looks.flatMap((look) => ('error' in look ? [look.error] : []));
    if (errors.length > 0) {
      const isBlocked = errors.length === looks.length && errors.some(({ retryable }) => !retryable);
      this.readiness.missing(component, errors.map(messageOf).join('; '), isBlocked ? 'blocked' : 'degraded');
    } else if (await this.haveComeApart(primary, looks)) {
      const states = looks.map((look) => `${look.door.address} has ${'zone' in look && look.zone}`).join(', ');
      const remedy = 'otherPrimaries must be over the same data as the primary; take out the one that is not';
      this.readiness.missing(component, `${states}: ${remedy}`, 'blocked');
    } else {
      this.readiness.ready(component);
    }
  }

  private lookAtAll({ zone, doors }: Primary): Promise<readonly Look[]> {
    const look = async (door: NameServer): Promise<Look> => {
      try {
        const [records = []] = await door.query([{ name: zone, type: 'SOA' }], AbortSignal.timeout(this.timeoutMs));
        return { door, zone: records.map(({ data }) => data).join() };
      } catch (error) {
        if (!(error instanceof SignalboxError)) throw error;
        return { door, error };
      }
    };
    return Promise.all(doors.map(look));
  }

  /** A change between two looks makes them differ; what differs again and is as it was has nothing to do with a change. */
  private async haveComeApart(primary: Primary, looks: readonly Look[]): Promise<boolean> {
    if (states(looks).size < 2) return false;
    const again = await this.lookAtAll(primary);
    return again.every((look, index) => isSame(look, looks[index]!));
  }
}

const states = (looks: readonly Look[]): ReadonlySet<string> =>
  new Set(looks.flatMap((look) => ('zone' in look ? [look.zone] : [])));

const isSame = (one: Look, other: Look): boolean => 'zone' in one && 'zone' in other && one.zone === other.zone;
