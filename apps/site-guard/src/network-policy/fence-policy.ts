import { NEVER_STAMPED, OutcomeUnknownError } from '#libs/domain';
import { checkAhead, KubernetesConflictError, KubernetesMissingError, type ApiServer } from '#libs/kubernetes';
import { FencePolicyError } from '../errors.js';
import type { FenceOrder } from '../fence/listener-switch.js';
import {
  heldPolicy,
  newPolicy,
  orderedPolicy,
  type HeldPolicy,
  type PolicyOwner,
  type PolicySettings,
} from './policy-object.js';

/** Owns what is switched, as with every object in Kubernetes. */
const MANAGER = 'signalbox';
/**
 * Owns what the object began with. Another one, and never by force: where somebody made it a moment ago, the API server
 * then answers with a conflict instead of writing over it.
 */
const MAKER = 'signalbox-made';

/**
 * The NetworkPolicy that closes a site's client listener. It is made once and stays, open or closed, so that it keeps the
 * epochs; every write carries the resourceVersion seen.
 */
export class FencePolicy {
  readonly name: string;
  readonly #path: string;

  constructor(
    private readonly api: ApiServer,
    private readonly settings: PolicySettings,
    private readonly owner: PolicyOwner,
  ) {
    const { namespace, name } = settings;
    this.name = `NetworkPolicy ${namespace}/${name}`;
    this.#path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/${name}`;
  }

  /** Undefined when there is none. @throws FencePolicyError, KubernetesForbiddenError, EpochPoisonedError, UnavailableError */
  async read(signal: AbortSignal): Promise<HeldPolicy | undefined> {
    try {
      return heldPolicy(await this.api.read(this.name, this.#path, signal), this.name, this.settings, this.owner);
    } catch (error) {
      if (error instanceof KubernetesMissingError) return undefined;
      throw error;
    }
  }

  /** Until it is so, or `signal` aborts. @throws as `read`, and AdmissionRefusedError; FencePolicyError for an older epoch */
  async set(state: 'open' | 'closed', order: FenceOrder, signal: AbortSignal): Promise<void> {
    for (;;) {
      const seen = await this.read(signal);
      if (seen && (await this.#write(seen, state, order, signal))) return;
      if (!seen && state === 'open') return;
      if (!seen) await this.#make(signal);
    }
  }

  /** Has the API server judge what closing it would write, rights included, and write nothing. @throws as `set` */
  async rehearse(signal: AbortSignal): Promise<void> {
    const body = newPolicy(this.settings, this.owner);
    // Nothing is written, so it does not matter which of the two it is; what is there must be ours, which `read` checks.
    await this.read(signal);
    await this.api.apply(this.name, this.#path, MANAGER, body, signal, { isDryRun: true });
  }

  /** False: it was changed in between, or nobody knows. What is written is absolute, so it is looked at and written again. */
  async #write(seen: HeldPolicy, state: 'open' | 'closed', order: FenceOrder, signal: AbortSignal): Promise<boolean> {
    this.#checkEpoch(seen, order);
    const body = orderedPolicy(this.settings, this.owner, seen, state, order);
    try {
      await this.api.apply(this.name, this.#path, MANAGER, body, signal);
      return true;
    } catch (error) {
      if (!(error instanceof KubernetesConflictError || error instanceof OutcomeUnknownError)) throw error;
      return false;
    }
  }

  async #make(signal: AbortSignal): Promise<void> {
    const body = newPolicy(this.settings, this.owner);
    try {
      await this.api.apply(this.name, this.#path, MAKER, body, signal, { isForced: false });
    } catch (error) {
      if (!(error instanceof KubernetesConflictError || error instanceof OutcomeUnknownError)) throw error;
    }
  }

  #checkEpoch({ epochs }: HeldPolicy, { group, epoch }: FenceOrder): void {
    const held = epochs.get(group) ?? NEVER_STAMPED;
    if (epoch < held) {
      throw new FencePolicyError(
        `${this.name} was changed for ${group} under epoch ${held}, and ${epoch} is older: another run is in charge`,
      );
    }
    checkAhead(epoch, held, this.name);
  }
}
