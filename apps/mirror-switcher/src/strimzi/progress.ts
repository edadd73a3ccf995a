import type { MirrorState } from '#libs/domain';
import { isSettled, type ConnectorStatus, type FlowStatus } from '../connector-status.js';
import type { HeldMirrorMaker, HeldObject } from './held-mirror-maker.js';

/**
 * How far the cluster operator has come with what is wanted of a mirror. Its condition `Ready` alone says nothing: it
 * stands from before a change until the operator has looked, and failed tasks leave it as it is.
 */
export type Progress =
  | { readonly state: 'settled' }
  | {
      readonly state: 'paused' | 'not-taken-up' | 'without-replicas' | 'not-ready' | 'not-there-yet';
      /** What it waits for, and what to look at. */
      readonly problem: string;
    };

/** Pure. */
export function progressOf({ objects, status }: HeldMirrorMaker, expected: MirrorState): Progress {
  const obstacles = objects.flatMap((held) => {
    const obstacle = obstacleAt(held);
    if (obstacle === undefined) return [];
    return [{ ...obstacle, problem: objects.length > 1 ? `${held.name}: ${obstacle.problem}` : obstacle.problem }];
  });
  const [first] = obstacles;
  if (first) {
    // The operator calls a KafkaConnector not ready when a task failed, and does not say why that did.
    const failures = obstacles.some(({ state }) => state === 'not-ready') ? failuresIn(status) : [];
    return { state: first.state, problem: [...obstacles.map(({ problem }) => problem), ...failures].join('; ') };
  }
  if (status && isSettled(expected, status)) return { state: 'settled' };
  return { state: 'not-there-yet', problem: `wanted ${expected}, and its connectors are ${described(status)}` };
}

/** What keeps the operator from bringing about what one object says. */
function obstacleAt(held: HeldObject): Exclude<Progress, { readonly state: 'settled' }> | undefined {
  const { generation, observedGeneration, conditions } = held;
  const met = (type: string) => conditions.find((each) => each.type === type && each.status !== 'False');
  if (held.isPaused || met('ReconciliationPaused')) {
    const problem = 'its reconciliation is paused: take the annotation strimzi.io/pause-reconciliation away';
    return { state: 'paused', problem };
  }
  if (observedGeneration < generation) {
    const problem = `the cluster operator has seen generation ${observedGeneration} of ${generation}: look whether it runs`;
    return { state: 'not-taken-up', problem };
  }
  if (held.replicas === 0) {
    // Without workers nothing is copied, and nothing can be asked.
    return { state: 'without-replicas', problem: 'it has 0 replicas: scale it up' };
  }
  const notReady = met('NotReady');
  if (!notReady && met('Ready')) return undefined;
  const { reason, message } = notReady ?? {};
  return { state: 'not-ready', problem: `the cluster operator says ${reason ?? 'not Ready'}: ${message ?? 'no more'}` };
}

/** Strimzi's word for what it did not manage, beside a condition that says Ready. */
export const warningsOf = ({ objects }: HeldMirrorMaker): readonly string[] =>
  objects
    .flatMap(({ conditions }) => conditions)
    .filter(({ type }) => type === 'Warning')
    .map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`);

const failuresIn = (status: FlowStatus | undefined): readonly string[] => [
  ...new Set(Object.values(status ?? {}).flatMap(({ failure }: ConnectorStatus) => failure ?? [])),
];

function described(status: FlowStatus | undefined): string {
  if (!status) return 'not all in its status';
  return Object.entries(status)
    .map(([role, { connector, tasks, failure }]) => {
      const states = tasks.length > 0 ? ` (${tasks.join(', ')})` : ' without a task';
      return `${role} ${connector}${states}${failure === undefined ? '' : `: ${failure}`}`;
    })
    .join(', ');
}
