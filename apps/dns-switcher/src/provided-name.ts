import {
  FencedResource,
  NEVER_STAMPED,
  UnavailableError,
  type Epoch,
  type NameTarget,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { askUntilAgreed, type AskTimes, type OnAnswer } from './authoritative-answers.js';
import { DnsChangedError, DnsForeignRecordError } from './errors.js';
import { hasSameSets, type NameChange, type SeenName } from './name-change.js';
import type { Applied, ChangeId, NameProvider } from './name-provider.js';
import { signalboxName } from './ownership/foreign-owner.js';
import { setsOf, targetOf, type SetShape } from './target-sets.js';
import type { Owner } from './stamp.js';

/** Each look is a request, and they are counted. */
const SETTLED_POLL_MS = 2_000;

export interface ProvidedNameOptions {
  /** Fully qualified, inside the provider's zone. */
  readonly name: string;
  readonly owner: Owner;
  readonly shape: SetShape;
  /** For one read or write at the provider. */
  readonly callTimeoutMs: number;
  readonly ask: AskTimes;
  /** Owners whose stamp is replaced: their epochs count runs of theirs. */
  readonly adopt?: readonly string[];
  /** Told of every answer of a server that clients are sent to, as it comes. */
  readonly onAnswer?: OnAnswer;
}

/**
 * A traffic name at any provider, as a resource of a run. What was seen travels in `version`, so that a write names
 * exactly that and the provider can refuse it.
 */
export class ProvidedName extends FencedResource<NameTarget> {
  /** What the provider called our last change; another process's is not known, and the servers are asked anyway. */
  private last: ChangeId | undefined;

  constructor(
    private readonly provider: NameProvider,
    private readonly clock: Clock,
    private readonly options: ProvidedNameOptions,
  ) {
    super();
  }

  override get fence(): 'strong' | 'weak' {
    return this.provider.fence;
  }

  override async read(signal: AbortSignal): Promise<Stamped<NameTarget>> {
    const { name, shape } = this.options;
    const [seen] = await this.provider.read([name], this.within(signal));
    const epoch = this.epochOf(seen!);
    return { value: targetOf(name, seen!.sets, shape), epoch, version: JSON.stringify(seen) };
  }

  /** @throws DnsChangedError when it is no longer what was seen, and no newer run of ours has changed it */
  override async write(
    seen: Stamped<NameTarget>,
    next: NameTarget,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const compared = JSON.parse(seen.version) as SeenName;
    if (this.epochOf(compared) > epoch) return 'refused';
    this.last = undefined;
    const change = this.change(compared, next, epoch);
    return this.outcome(await this.provider.apply(change, this.within(signal)), change);
  }

  override async verify(expected: NameTarget | undefined, signal: AbortSignal): Promise<Verification> {
    const { name, shape, ask, onAnswer } = this.options;
    const authorities = await this.provider.authorities(this.within(signal));
    const asked = await askUntilAgreed(
      authorities,
      { name, shape, target: expected },
      ask,
      this.clock,
      signal,
      onAnswer,
    );
    return expected !== undefined && asked.holds ? this.settled(asked, signal) : asked;
  }

  /** The servers that can be asked are not all that a provider has: it must say itself that all of them know. */
  private async settled(asked: Verification, signal: AbortSignal): Promise<Verification> {
    while (this.last !== undefined && !signal.aborted) {
      const state = await this.provider.settled(this.last, this.within(signal));
      if (state === 'in-sync') return asked;
      if (state === 'lost') {
        this.last = undefined;
        throw new UnavailableError(`the provider of ${this.options.name} no longer knows our change: look again`);
      }
      await this.clock.sleep(SETTLED_POLL_MS, signal);
    }
    return { ...asked, holds: this.last === undefined };
  }

  private change(seen: SeenName, next: NameTarget, epoch: Epoch): NameChange {
    const { name, owner, shape } = this.options;
    return { names: [{ seen, sets: setsOf(name, next, shape, seen.sets), stamp: { epoch, owner } }] };
  }

  private outcome(applied: Applied, { names }: NameChange): WriteOutcome {
    switch (applied.outcome) {
      case 'applied':
        this.last = applied.change;
        return 'written';
      case 'refused-by-fence':
        return 'refused';
      case 'changed-by-somebody-else':
        // Two workers of one step write the same: the one that is late finds its work done.
        if (applied.holds.every(({ sets }, index) => hasSameSets(sets, names[index]!.sets))) return 'refused';
        throw new DnsChangedError(
          names.map(({ seen }) => seen),
          applied.holds,
        );
      case 'unknown':
        return 'unknown';
      case 'throttled':
      case 'transient':
        throw new UnavailableError(applied.reason);
      case 'misconfigured':
        throw applied.error;
    }
  }

  /** Of our own stamp; somebody else's counts for nothing once it is adopted, and must not be replaced before. */
  private epochOf({ name, stamp }: SeenName): Epoch {
    const { owner, adopt = [] } = this.options;
    if (stamp.epoch === NEVER_STAMPED || stamp.owner === undefined) return stamp.epoch;
    if (stamp.owner.installation === owner.installation && stamp.owner.group === owner.group) return stamp.epoch;
    const other = signalboxName(stamp.owner.installation, stamp.owner.group);
    if (adopt.includes(other)) return NEVER_STAMPED;
    throw new DnsForeignRecordError(
      `${name} belongs to group ${stamp.owner.group} of installation ${stamp.owner.installation}: ` +
        `one name has one owner; take it out of that signalbox.yaml, then say so in this one with adopt: [${other}]`,
    );
  }

  private within(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, AbortSignal.timeout(this.options.callTimeoutMs)]);
  }
}
