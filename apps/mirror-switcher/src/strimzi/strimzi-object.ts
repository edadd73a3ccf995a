import type { Json } from '#libs/domain';
import { KubernetesMissingError, servedVersion, STRIMZI, type ApiServer } from '#libs/kubernetes';
import type { StrimziObjectName } from '#libs/topology';

/** Owns what is switched, as with every object in Kubernetes. */
export const MANAGER = 'signalbox';

/** One object of Strimzi's at an API server, in the version that is served. */
export class StrimziObject {
  readonly name: string;
  private readonly plural: string;
  private version: Promise<string> | undefined;

  constructor(
    private readonly api: ApiServer,
    private readonly namespace: string,
    private readonly object: StrimziObjectName,
  ) {
    this.name = `${object.kind} ${namespace}/${object.name}`;
    this.plural = `${object.kind.toLowerCase()}s`;
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
    const at = async () => {
      this.version ??= servedVersion(this.api, this.plural, signal);
      return `/apis/${STRIMZI}/${await this.version}/namespaces/${this.namespace}/${this.plural}/${this.object.name}`;
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
