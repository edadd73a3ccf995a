import type { Json } from '#libs/domain';
import { KubernetesMissingError, servedVersion, STRIMZI, type ApiServer } from '#libs/kubernetes';

/** Owns what is switched, as with every object in Kubernetes. */
export const MANAGER = 'signalbox';

/** A kind of Strimzi's, as it stands in messages and in paths. */
export interface StrimziKind {
  readonly kind: string;
  readonly plural: string;
}

/** One object of Strimzi's at an API server, in the version that is served. */
export class StrimziObject {
  readonly name: string;
  private version: Promise<string> | undefined;

  constructor(
    private readonly api: ApiServer,
    private readonly kind: StrimziKind,
    private readonly namespace: string,
    private readonly object: string,
  ) {
    this.name = `${kind.kind} ${namespace}/${object}`;
  }

  /** @throws KubernetesMissingError, KubernetesForbiddenError, UnavailableError */
  read(signal: AbortSignal): Promise<unknown> {
    return this.served(signal, (path) => this.api.read(this.name, path, signal));
  }

  /** A merge patch. @throws KubernetesConflictError, OutcomeUnknownError, AdmissionRefusedError, … */
  patch(body: Json, signal: AbortSignal): Promise<unknown> {
    return this.served(signal, (path) => this.api.merge(this.name, path, MANAGER, body, signal));
  }

  /** The version is looked up again when it is served no more. */
  private async served<T>(signal: AbortSignal, call: (path: string) => Promise<T>): Promise<T> {
    const { plural } = this.kind;
    const at = async () => {
      this.version ??= servedVersion(this.api, plural, signal);
      return `/apis/${STRIMZI}/${await this.version}/namespaces/${this.namespace}/${plural}/${this.object}`;
    };
    try {
      return await call(await at());
    } catch (error) {
      this.version = undefined;
      if (!(error instanceof KubernetesMissingError)) throw error;
      return call(await at());
    }
  }
}
