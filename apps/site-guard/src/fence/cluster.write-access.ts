import { FencedResource, type Json, type Verification } from '#libs/domain';
import type { AccessRules, Listener } from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import type { AclScope } from './acl-survey.js';
import { answerWithin } from './deadline.js';
import type { HeldAccess } from './held-access.js';
import { NOT_AUTHORIZED, type WriteAttempt, type WriteProbe } from './write-probe.js';

/** Between two looks at what is not in force yet. */
export const LOOK_AGAIN_MS = 20;
/** A change of ACLs is in force on every broker some 60 ms after the answer; this is what we give it. */
export const IN_FORCE_WITHIN_MS = 1_000;

/** What a guard says that it holds a value by; `unproven`: by nothing that it could show. */
export type ProvenBy = 'acl' | 'size' | 'unproven';

/** What every way to keep clients from writing works with. */
export interface WriteAccessPorts {
  readonly scope: AclScope;
  readonly rules: AccessRules;
  readonly probes: Readonly<Record<Listener, WriteProbe>>;
  readonly clock: Clock;
}

/**
 * Who may write a group's topics on one cluster, enforced by that cluster. Weak in all of its kinds: no cluster compares
 * an epoch. The one process per site that writes it does so just before.
 */
export abstract class ClusterWriteAccess extends FencedResource<HeldAccess> {
  override readonly fence = 'weak';
  /** What it fences by, in a word or two, for the proof that it can. */
  readonly means: string = 'ACLs';
  protected readonly clock: Clock;
  /** What a client that is kept out is told, by Kafka's name. */
  protected readonly refusal: string = NOT_AUTHORIZED;

  constructor(protected readonly ports: WriteAccessPorts) {
    super();
    this.clock = ports.clock;
  }

  get scope(): AclScope {
    return this.ports.scope;
  }

  /** How sure it is of `access` where the cluster shows it. */
  readonly provenBy: (access: HeldAccess) => ProvenBy = () => 'acl';

  /** Where it is looked at, in words. */
  protected abstract readonly enforcedBy: string;

  override async verify(
    expected: HeldAccess | undefined,
    signal: AbortSignal,
    listener: Listener = 'clients',
  ): Promise<Verification> {
    const endsAtMs = this.clock.monotonicMs() + IN_FORCE_WITHIN_MS;
    for (;;) {
      const verification = await this.look(expected, signal, listener);
      if (verification.holds || signal.aborted || this.clock.monotonicMs() >= endsAtMs) return verification;
      await this.clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  /** What the look at the cluster found. */
  protected abstract observed(
    signal: AbortSignal,
  ): Promise<{ readonly value: HeldAccess; readonly observed: Readonly<Record<string, Json>> }>;

  /** Whether clients are told what `expected` means for them. */
  protected isFelt(expected: HeldAccess, { result }: WriteAttempt): boolean {
    switch (expected) {
      case 'none':
      case 'inbound':
        return result === 'refused';
      case 'clients':
        return result === 'accepted';
      case 'unset':
        return true;
    }
  }

  /** What does not follow from `expected` here, though it should. */
  protected readonly exceptionAt: (expected: HeldAccess | undefined) => string | undefined = () => undefined;

  protected answer<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
    return answerWithin(signal, `Kafka of group ${this.scope.group}`, answer);
  }

  private async look(expected: HeldAccess | undefined, signal: AbortSignal, listener: Listener): Promise<Verification> {
    const { topics, probeTopic } = this.scope;
    const attempt = await this.answer(signal, this.ports.probes[listener].attempt(probeTopic, this.refusal));
    const exception = this.exceptionAt(expected);
    const { value, observed } = await this.observed(signal);
    return {
      check: `${this.enforcedBy} on ${topics.join(', ')} and a write to ${probeTopic}`,
      observed: { ...observed, write: attempt.answers.join('; ') },
      holds: expected === undefined || (value === expected && this.isFelt(expected, attempt)),
      ...(exception && { exception }),
    };
  }
}
