import type { KubernetesWorkload } from '#libs/topology';
import { envOf, type Marks } from './marks.js';
import { timeIn, type Selector, type WorkloadRead } from './wire.js';

/** A Deployment, StatefulSet, DaemonSet or Argo Rollout, as far as its rollout goes. */
export interface Workload {
  /** What a patch compares. */
  readonly version: string;
  /** Its controller has seen the spec that is there now. */
  readonly isObserved: boolean;
  /** Pods: how many there are to be, there are, are of the current template, and can serve. */
  readonly wanted: number;
  readonly total: number;
  readonly updated: number;
  readonly available: number;
  readonly isPaused: boolean;
  /** Why its own controller gave up, in its words. */
  readonly stuck?: string;
  /** Its pods are replaced only when somebody deletes them. */
  readonly isOnDelete: boolean;
  /** Pods that are left on the old template on purpose. */
  readonly held: number;
  /** No pod goes before another one is there. */
  readonly isSurging: boolean;
  readonly template: Marks & { readonly labels: Readonly<Record<string, string>> };
  readonly selector: Selector;
}

export function workloadFrom(kind: KubernetesWorkload['kind'], { metadata, spec, status }: WorkloadRead): Workload {
  const isDaemonSet = kind === 'DaemonSet';
  const wanted = isDaemonSet ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1);
  const stuck = stuckBecause(status);
  const rolling = spec.updateStrategy ?? spec.strategy ?? {};
  return {
    version: metadata.resourceVersion,
    isObserved: Number(status.observedGeneration ?? -1) >= (metadata.generation ?? 0),
    wanted,
    total: (isDaemonSet ? status.currentNumberScheduled : status.replicas) ?? 0,
    updated: (isDaemonSet ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0,
    available: (isDaemonSet ? status.numberAvailable : (status.availableReplicas ?? status.readyReplicas)) ?? 0,
    isPaused: spec.paused === true || (kind === 'Rollout' && status.phase === 'Paused'),
    ...(stuck !== undefined && { stuck }),
    isOnDelete: rolling.type === 'OnDelete',
    held: kind === 'StatefulSet' ? Math.min(rolling.rollingUpdate?.partition ?? 0, wanted) : 0,
    isSurging: isSurging(kind, rolling, wanted),
    template: {
      annotations: spec.template?.metadata?.annotations ?? {},
      labels: spec.template?.metadata?.labels ?? {},
      env: envOf(spec.template?.spec?.containers ?? []),
      ...changedAt(metadata),
    },
    selector: spec.selector ?? {},
  };
}

/** By the latest of those who have written to it; what its controller says of its state is left out. */
function changedAt({ managedFields }: WorkloadRead['metadata']): Pick<Marks, 'madeAtMs'> {
  const times = (managedFields ?? []).flatMap(({ time, subresource }) => (subresource ? [] : (timeIn(time) ?? [])));
  return times.length > 0 ? { madeAtMs: Math.max(...times) } : {};
}

/** Argo Rollouts has a phase for it, a Deployment a condition; the other kinds never give up. */
function stuckBecause({ phase, message, conditions }: WorkloadRead['status']): string | undefined {
  if (phase === 'Degraded') return message ?? 'Degraded';
  const progress = conditions?.find(({ type }) => type === 'Progressing');
  return progress?.reason === 'ProgressDeadlineExceeded' ? (progress.message ?? progress.reason) : undefined;
}

type Rolling = NonNullable<WorkloadRead['spec']['strategy']>;

/** With the defaults of Kubernetes: a quarter, rounded up for pods more and down for pods less. */
function isSurging(kind: KubernetesWorkload['kind'], { type, rollingUpdate }: Rolling, wanted: number): boolean {
  if (kind === 'StatefulSet' || type === 'Recreate') return false;
  const isDaemonSet = kind === 'DaemonSet';
  const surge = countOf(rollingUpdate?.maxSurge ?? (isDaemonSet ? 0 : '25%'), wanted, Math.ceil);
  const unavailable = countOf(rollingUpdate?.maxUnavailable ?? (isDaemonSet ? 1 : '25%'), wanted, Math.floor);
  return surge > 0 && unavailable === 0;
}

const countOf = (share: number | string, of: number, round: (count: number) => number): number =>
  typeof share === 'number' ? share : round((Number.parseFloat(share) / 100) * of);
