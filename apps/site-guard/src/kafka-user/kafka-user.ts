import { OutcomeUnknownError, type Cause, type Epoch, type Json, type RunId, type WriteOutcome } from '#libs/domain';
import {
  AdmissionRefusedError,
  checkAhead,
  KubernetesConflictError,
  KubernetesMissingError,
  servedVersion,
  stampedMetadata,
  STRIMZI,
  type ApiServer,
  type Owner,
} from '#libs/kubernetes';
import { KafkaUserClaimedError } from '../errors.js';
import { denying, type Denial } from './denials.js';
import { DENIED, heldUser, type HeldUser } from './held-user.js';

/** Owns what is switched, as with every object in Kubernetes. */
const MANAGER = 'signalbox';
/** Where a write has no run, as the guard's own. */
const NO_RUN: Cause = { run: 'none' as RunId, step: 'none' };
const PLURAL = 'kafkausers';
/** The older one first: as v1, the API server leaves out fields of rules that only v1beta2 has, and a write would lose them. */
const VERSIONS = ['v1beta2', 'v1'];

export interface UserWrite {
  /** Everything that is to be denied by us. */
  readonly denied: ReadonlySet<Denial>;
  /** Absent for our own user: many groups have a probe there, and it carries nobody's epoch. */
  readonly stamp?: { readonly owner: Owner; readonly epoch: Epoch; readonly cause?: Cause | undefined };
}

/** One KafkaUser. A write is one patch of its rules and stamps that carries the resourceVersion seen. */
export class KafkaUser {
  readonly name: string;
  #version: Promise<string> | undefined;

  constructor(
    private readonly api: ApiServer,
    private readonly namespace: string,
    private readonly user: string,
  ) {
    this.name = `KafkaUser ${namespace}/${user}`;
  }

  /** @throws KubernetesMissingError, KubernetesForbiddenError, EpochPoisonedError, KafkaUserUnpreparedError, UnavailableError */
  async read(signal: AbortSignal): Promise<HeldUser> {
    return heldUser(await this.#served(signal, (path) => this.api.read(this.name, path, signal)), this.name);
  }

  /** `refused`: it has changed since it was seen, or carries a higher epoch. @throws KafkaUserClaimedError, … */
  async write(seen: HeldUser, { denied, stamp }: UserWrite, signal: AbortSignal): Promise<WriteOutcome> {
    if (stamp) this.#checkStamp(seen, stamp);
    const { acls, made } = denying(seen, denied);
    const stamped = stamp && stampedMetadata(stamp.owner, { epoch: stamp.epoch, run: (stamp.cause ?? NO_RUN).run });
    const note = made.size > 0 ? JSON.stringify([...made].sort()) : null;
    const body = {
      metadata: {
        resourceVersion: seen.version,
        ...(stamped && { labels: stamped.labels }),
        annotations: { ...stamped?.annotations, [DENIED]: note },
      },
      spec: { authorization: { acls: acls as Json } },
    };
    try {
      await this.#served(signal, (path) => this.api.merge(this.name, path, MANAGER, body, signal));
      return 'written';
    } catch (error) {
      if (error instanceof KubernetesConflictError) return 'refused';
      if (error instanceof OutcomeUnknownError) return 'unknown';
      if (stamp && error instanceof AdmissionRefusedError && (await this.read(signal)).epoch > stamp.epoch)
        return 'refused';
      throw error;
    }
  }

  #checkStamp({ epoch: held, stamps }: HeldUser, { owner, epoch }: NonNullable<UserWrite['stamp']>): void {
    const theirs = { installation: stamps.installation ?? owner.installation, group: stamps.group ?? owner.group };
    if (theirs.installation !== owner.installation || theirs.group !== owner.group)
      throw new KafkaUserClaimedError(this.name, theirs, owner);
    checkAhead(epoch, held, this.name);
  }

  /** In the version that is served; looked up again when it is no more. */
  async #served<T>(signal: AbortSignal, call: (path: string) => Promise<T>): Promise<T> {
    const at = async () => {
      this.#version ??= servedVersion(this.api, PLURAL, signal, VERSIONS);
      return `/apis/${STRIMZI}/${await this.#version}/namespaces/${this.namespace}/${PLURAL}/${this.user}`;
    };
    try {
      return await call(await at());
    } catch (error) {
      this.#version = undefined;
      if (!(error instanceof KubernetesMissingError)) throw error;
      return call(await at());
    }
  }
}
