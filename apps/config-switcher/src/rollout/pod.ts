import { envOf, type Marks } from './marks.js';
import { timeIn, type PodRead } from './wire.js';

/** A pod that has not ended, as far as a rollout goes. */
export interface Pod {
  readonly name: string;
  readonly marks: Marks;
  /** Of the template that it was made from, as its controller names it. */
  readonly template: string;
  readonly isReady: boolean;
  /** Asked to end; it is there, with its old value, until it has. */
  readonly isLeaving: boolean;
  /** Why it does not start, in the words of the scheduler or the kubelet. */
  readonly waitsFor?: string;
  /** A container asks for a key that its ConfigMap or Secret does not have. */
  readonly lacksKey: boolean;
}

/** Undefined for one that has ended, which is kept for people to look at. */
export function podFrom({ metadata, spec, status }: PodRead): Pod | undefined {
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return undefined;
  const labels = metadata.labels ?? {};
  const madeAtMs = timeIn(metadata.creationTimestamp);
  const waiting = (status.containerStatuses ?? []).flatMap(({ state }) => (state?.waiting ? [state.waiting] : []));
  const unscheduled = (status.conditions ?? []).find(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  const [first] = waiting.filter(({ reason }) => reason !== 'ContainerCreating' && reason !== 'PodInitializing');
  const waitsFor = first ? said(first) : unscheduled && said(unscheduled);
  return {
    name: metadata.name,
    marks: {
      annotations: metadata.annotations ?? {},
      env: envOf(spec.containers),
      ...(madeAtMs !== undefined && { madeAtMs }),
    },
    template: TEMPLATE_LABELS.map((label) => labels[label]).find((hash) => hash !== undefined) ?? '',
    isReady: (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    isLeaving: typeof metadata.deletionTimestamp === 'string',
    ...(waitsFor !== undefined && { waitsFor }),
    lacksKey: waiting.some(
      ({ reason, message }) => reason === 'CreateContainerConfigError' && /find key/.test(message ?? ''),
    ),
  };
}

const TEMPLATE_LABELS = ['pod-template-hash', 'controller-revision-hash', 'rollouts-pod-template-hash'];

const said = ({ reason, message }: { readonly reason?: string | null; readonly message?: string | null }): string =>
  [reason, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
