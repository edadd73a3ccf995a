import type { BrokerAddress } from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import { FencePolicyError } from '../errors.js';
import { isAnyAccepting } from '../fence/connect-probe.js';
import { inTime } from '../fence/deadline.js';
import type { HeldConnections } from '../fence/held-connections.js';
import { ListenerSwitch, type FenceOrder, type ListenerLook } from '../fence/listener-switch.js';
import type { FencePolicy } from './fence-policy.js';

/** A network plugin takes a moment to enforce what the API server has. */
const LOOK_AGAIN_MS = 50;

/**
 * Closes the listener with a NetworkPolicy. The API server only keeps it; whether anything enforces it, on new connections and
 * on those that are open already, is tried every time.
 */
export class PolicyListenerSwitch extends ListenerSwitch {
  constructor(
    private readonly policy: FencePolicy,
    private readonly listeners: readonly BrokerAddress[],
    private readonly held: HeldConnections,
    private readonly clock: Clock,
    /** For the API server to take it, and again for the network to enforce it. */
    private readonly timeoutMs: number,
  ) {
    super();
  }

  override async close(order: FenceOrder): Promise<void> {
    await this.held.keep();
    await this.within((signal) => this.policy.set('closed', order, signal));
    const endsAtMs = this.clock.monotonicMs() + this.timeoutMs;
    while ((await this.answers()) && this.clock.monotonicMs() < endsAtMs) await this.clock.sleep(LOOK_AGAIN_MS);
  }

  override async open(order: FenceOrder): Promise<void> {
    await this.within((signal) => this.policy.set('open', order, signal));
  }

  override async state(): Promise<'open' | 'closed'> {
    const state = await this.found();
    if (state !== 'changed') return state;
    throw new FencePolicyError(
      `${this.policy.name} was changed by somebody else: it is neither open nor closed as Signalbox writes it. ` +
        'Delete it, or take it out of the hands of what changed it',
    );
  }

  /** That it is there does not say that anybody enforces it. */
  override async standing(): Promise<'open' | 'closed' | 'unproven'> {
    const state = await this.found();
    if (state === 'open') return 'open';
    return state === 'changed' || (await this.answers()) ? 'unproven' : 'closed';
  }

  override async rehearse(): Promise<void> {
    await this.within((signal) => this.policy.rehearse(signal));
    if ((await this.state()) === 'open') await this.held.keep();
  }

  /** One that is open already counts like a new one: over either a record may come in. */
  override async answers(): Promise<boolean> {
    const answers = await Promise.all([isAnyAccepting(this.listeners, this.clock), this.held.carry()]);
    return answers.includes(true);
  }

  override unproven({ status, answers }: ListenerLook): FencePolicyError {
    if (status !== 'closed') return new FencePolicyError(`${this.policy.name} was opened again by somebody else`);
    return new FencePolicyError(
      `${this.policy.name} is in place, and ${answers ? 'clients still get through' : 'nothing gets through'}: the ` +
        "cluster's network plugin does not enforce it, or not on open connections, or another NetworkPolicy lets them in. " +
        'Close the listener by hand, and use fenceCommand where this stays so',
    );
  }

  private async found() {
    return (await this.within((signal) => this.policy.read(signal)))?.state ?? 'open';
  }

  private within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return inTime(this.clock, this.timeoutMs, work);
  }
}
