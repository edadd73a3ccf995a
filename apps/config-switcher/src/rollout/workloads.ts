import { decodeValue } from '#libs/contracts';
import type { Json } from '#libs/domain';
import { KubernetesConflictError, type ApiServer } from '#libs/kubernetes';
import type { KubernetesWorkload } from '#libs/topology';
import type { z } from 'zod';
import { budgetInTheWay } from './budget.js';
import { podFrom, type Pod } from './pod.js';
import { selectorText } from './selector.js';
import { BudgetListWire, PodListWire, WorkloadWire } from './wire.js';
import { workloadFrom, type Workload } from './workload.js';

/** A workload of one namespace, and what is asked of the API server about it. */
export class WorkloadAtApi {
  readonly name: string;

  constructor(
    private readonly api: ApiServer,
    private readonly namespace: string,
    private readonly ref: KubernetesWorkload,
  ) {
    this.name = `${ref.kind} ${namespace}/${ref.name}`;
  }

  /** @throws KubernetesMissingError, KubernetesForbiddenError, UnavailableError */
  async read(signal: AbortSignal): Promise<Workload> {
    const answer = await this.api.read(this.name, this.path, signal);
    return workloadFrom(this.ref.kind, decoded(WorkloadWire, answer, this.name));
  }

  async pods({ selector }: Workload, signal: AbortSignal): Promise<readonly Pod[]> {
    const what = `pods of ${this.name}`;
    const path = `/api/v1/namespaces/${this.namespace}/pods`;
    const answer = await this.api.read(what, path, signal, { labelSelector: selectorText(selector) });
    return decoded(PodListWire, answer, what).items.flatMap((item) => podFrom(item) ?? []);
  }

  /** The PodDisruptionBudget that a restart would break now. */
  async budgetInTheWay(workload: Workload, signal: AbortSignal): Promise<string | undefined> {
    const what = `PodDisruptionBudgets in ${this.namespace}`;
    const path = `/apis/policy/v1/namespaces/${this.namespace}/poddisruptionbudgets`;
    return budgetInTheWay(workload, decoded(BudgetListWire, await this.api.read(what, path, signal), what));
  }

  /** Marks the pod template, and its controller replaces the pods by its own rules. False when it has changed meanwhile. */
  async restart({ version }: Workload, annotation: string, mark: string, signal: AbortSignal): Promise<boolean> {
    const patch: Json = {
      metadata: { resourceVersion: version },
      spec: { template: { metadata: { annotations: { [annotation]: mark } } } },
    };
    try {
      await this.api.merge(this.name, this.path, MANAGER, patch, signal);
      return true;
    } catch (error) {
      if (error instanceof KubernetesConflictError) return false;
      throw error;
    }
  }

  private get path(): string {
    const { kind, name } = this.ref;
    const group = kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1';
    return `/apis/${group}/namespaces/${this.namespace}/${kind.toLowerCase()}s/${name}`;
  }
}

/** Not that of the data: an apply of it must not take this away. */
const MANAGER = 'signalbox-restart';

function decoded<S extends z.ZodType>(schema: S, answer: unknown, what: string): z.output<S> {
  const result = decodeValue(schema, answer as never, what);
  if (!result.ok) throw result.problem;
  return result.value;
}
