import {
  OutcomeUnknownError,
  type Cause,
  type ConfigData,
  type Epoch,
  type Json,
  type WriteOutcome,
} from '#libs/domain';
import {
  AdmissionRefusedError,
  checkAhead,
  KubernetesConflictError,
  ObjectWatch,
  stampedMetadata,
  writeStamp,
  type ApiServer,
  type Owner,
} from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import { nameOfTarget, renderedData, type KubernetesTarget } from '#libs/topology';
import { ConfigClaimedError } from './errors.js';
import { heldObject, type HeldObject } from './held-object.js';

/** Owns the keys that are switched; who applies one of them meets a conflict, and Helm 4 says so. */
const MANAGER = 'signalbox';

export interface ObjectWrite {
  /** Undefined keeps every text as it is. */
  readonly data: ConfigData | undefined;
  readonly epoch: Epoch;
  readonly cause: Cause;
}

/** One ConfigMap or Secret. A write is one server-side apply that carries the resourceVersion seen: the API server compares. */
export class ConfigObject {
  readonly name: string;
  readonly #watch: ObjectWatch;
  #last: HeldObject | undefined;

  constructor(
    readonly target: KubernetesTarget,
    private readonly api: ApiServer,
    private readonly owner: Owner,
    private readonly clock: Clock,
  ) {
    this.name = nameOfTarget(target);
    this.#watch = new ObjectWatch({ what: this.name, collection: this.collection, name: target.name }, api, clock);
  }

  /** @throws KubernetesMissingError, KubernetesForbiddenError, EpochPoisonedError, UnavailableError */
  async read(signal: AbortSignal): Promise<HeldObject> {
    this.#last = heldObject(this.target, await this.api.read(this.name, this.path, signal));
    return this.#last;
  }

  /** As it was read last, where the API server has told of no change since; the very same then. @throws as `read` */
  async glance(signal: AbortSignal): Promise<HeldObject> {
    return this.#last && this.#watch.isStillAt(this.#last.version) ? this.#last : this.read(signal);
  }

  /** Looks no more. */
  stop(): void {
    this.#watch.stop();
  }

  /** @throws ConfigClaimedError */
  checkOwner({ stamps }: HeldObject): void {
    const { installation, group } = this.owner;
    const theirs = { installation: stamps.installation ?? installation, group: stamps.group ?? group };
    if (theirs.installation === installation && theirs.group === group) return;
    throw new ConfigClaimedError(this.name, ownerText(theirs), ownerText(this.owner));
  }

  /** `refused`: it has changed since it was seen. @throws ConfigClaimedError, EpochPoisonedError, AdmissionRefusedError, … */
  async write(seen: HeldObject, { data, epoch, cause }: ObjectWrite, signal: AbortSignal): Promise<WriteOutcome> {
    this.checkOwner(seen);
    if (seen.epoch > epoch) return 'refused';
    checkAhead(epoch, seen.epoch, this.name);
    const texts = data === undefined ? seen.texts : this.rendered(data);
    const isChanged = [...texts].some(([key, text]) => seen.texts.get(key) !== text);
    const write = isChanged ? writeStamp(cause, epoch, this.clock.now()) : seen.stamps.write;
    const body = this.body(seen, texts, stampedMetadata(this.owner, { epoch, run: cause.run, write }));
    try {
      await this.api.apply(this.name, this.path, MANAGER, body, signal);
      return 'written';
    } catch (error) {
      if (error instanceof KubernetesConflictError) return 'refused';
      if (error instanceof OutcomeUnknownError) return 'unknown';
      if (error instanceof AdmissionRefusedError && (await this.read(signal)).epoch > epoch) return 'refused';
      throw error;
    }
  }

  /** All that the manager owns: what it leaves out of an apply is removed. */
  private body(seen: HeldObject, texts: ReadonlyMap<string, string>, stamped: object): Json {
    const { object, namespace, name } = this.target;
    const data = [...texts].map(([key, text]) => [
      key,
      object === 'Secret' ? Buffer.from(text).toString('base64') : text,
    ]);
    return {
      apiVersion: 'v1',
      kind: object,
      metadata: {
        namespace,
        name,
        resourceVersion: seen.version,
        ...stamped,
      },
      ...(data.length > 0 && { data: Object.fromEntries(data) as Json }),
    };
  }

  private rendered(data: ConfigData): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.target.keys).map(([key, rendering]) => [key, renderedData(rendering, data)]));
  }

  private get path(): string {
    return `${this.collection}/${this.target.name}`;
  }

  private get collection(): string {
    const { object, namespace } = this.target;
    return `/api/v1/namespaces/${namespace}/${object === 'Secret' ? 'secrets' : 'configmaps'}`;
  }
}

const ownerText = ({ installation, group }: Owner): string => `group ${group} of the installation ${installation}`;
