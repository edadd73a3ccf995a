import { madeFor, type Proof } from './marks.js';
import type { Pod } from './pod.js';
import type { Workload } from './workload.js';

export type Restart = 'reloader' | 'annotation' | 'watch-file';

/** How a workload is to come to a new value. */
export interface Expectation {
  /** As kubectl calls it: `Deployment orders/consumer`. */
  readonly name: string;
  readonly restart: Restart;
  readonly reloaderWithinMs: number;
  readonly proof: Proof;
}

/**
 * - `settled`: every pod was made for the value, is ready, and no other is left;
 * - `rolling`: it is on its way;
 * - `restart`: nobody has asked for it yet;
 * - all else: it does not get there without a person. `problem` says what to do.
 */
export type Verdict =
  | { readonly state: 'settled'; readonly by: 'signalbox' | 'reloader' | 'nobody' }
  | { readonly state: 'rolling'; readonly why: string }
  | { readonly state: 'restart'; readonly because: 'asked' | 'missed' }
  | { readonly state: Halt; readonly problem: string };

export type Halt =
  | 'paused'
  | 'stuck'
  | 'on-delete'
  | 'held-back'
  | 'not-ready'
  | 'missing-key'
  | 'old-pods'
  | 'blocked-by-pdb'
  | 'no-template'
  | 'unreachable'
  | 'forbidden'
  | 'missing';

/** What is to be said of a workload and its pods. `pods` undefined: nobody asked, as its own counts are not there yet. Pure. */
export function judge(
  workload: Workload,
  pods: readonly Pod[] | undefined,
  expected: Expectation,
  waitedMs: number,
): Verdict {
  const by = madeFor(expected.proof, workload.template);
  if (by === undefined) return untouched(workload, expected, waitedMs);
  if (!workload.isObserved) return { state: 'rolling', why: 'its controller has not seen the restart yet' };
  const counted = countsOf(workload);
  const old = pods?.filter((pod) => madeFor(expected.proof, pod.marks) === undefined) ?? [];
  if (counted === undefined && pods && old.length === 0 && pods.every(({ isReady }) => isReady))
    return { state: 'settled', by };
  return halted(workload, expected.name, old.length) ?? { state: 'rolling', why: counted ?? podsText(pods, old) };
}

function untouched(workload: Workload, { restart, reloaderWithinMs, name }: Expectation, waitedMs: number): Verdict {
  if (restart === 'reloader' && waitedMs < reloaderWithinMs)
    return { state: 'rolling', why: 'Reloader has not seen it yet' };
  if (Object.keys(workload.template.labels).length === 0) {
    const problem = `${name} has no pod template of its own: name the workload that has it`;
    return { state: 'no-template', problem };
  }
  return { state: 'restart', because: restart === 'reloader' ? 'missed' : 'asked' };
}

/** What is missing by the workload's own counts; undefined when nothing is. */
function countsOf({ wanted, total, updated, available }: Workload): string | undefined {
  if (updated < wanted) return `${updated} of ${wanted} pods have the new template`;
  if (total > updated) return `${total - updated} pods of the old template are left`;
  if (available < wanted) return `${available} of ${wanted} pods are ready`;
  return undefined;
}

/** It is asked for, and cannot go on by itself. */
function halted(workload: Workload, name: string, old: number): Verdict | undefined {
  const { isPaused, stuck, isOnDelete, held, wanted, updated } = workload;
  if (isPaused) {
    return { state: 'paused', problem: `${name} is paused: resume it, and its pods take the new value` };
  }
  if (stuck !== undefined) {
    return { state: 'stuck', problem: `${name} is stuck, says its controller: ${stuck}. Look at its pods` };
  }
  if (isOnDelete && old > 0) {
    const problem = `${old} pods of ${name} have the old value, and OnDelete replaces none by itself: delete them one by one`;
    return { state: 'on-delete', problem };
  }
  if (held > 0 && old > 0 && updated >= wanted - held) {
    const problem = `${name} keeps ${held} pods on its old template by its partition: set the partition to 0`;
    return { state: 'held-back', problem };
  }
  return undefined;
}

const podsText = (pods: readonly Pod[] | undefined, old: readonly Pod[]): string => {
  if (!pods) return 'its pods were not seen yet';
  if (old.length > 0) return `${old.length} pods with the old value are left`;
  return `${pods.filter(({ isReady }) => !isReady).length} pods are not ready`;
};

/** What to call it when the deadline came first. Pure. */
export function overdue(
  { name, proof }: Expectation,
  why: string,
  pods: readonly Pod[] | undefined,
): { readonly state: Halt; readonly problem: string } {
  const fresh = (pods ?? []).filter((pod) => madeFor(proof, pod.marks) !== undefined);
  const lacking = fresh.find(({ lacksKey }) => lacksKey);
  if (lacking) {
    return { state: 'missing-key', problem: `${name}: pod ${lacking.name} does not start. ${lacking.waitsFor ?? ''}` };
  }
  const waiting = fresh.find(({ isReady, waitsFor }) => !isReady && waitsFor !== undefined);
  if (waiting) {
    const problem = `${name}: pod ${waiting.name} is not ready. ${waiting.waitsFor ?? ''}. Its logs say more`;
    return { state: 'not-ready', problem };
  }
  const leaving = (pods ?? []).find((pod) => pod.isLeaving);
  if (leaving && fresh.length > 0) {
    const problem = `${name}: pod ${leaving.name} has the old value and does not end: look at its node`;
    return { state: 'old-pods', problem };
  }
  return { state: 'not-ready', problem: `${name} is not done by its deadline: ${why}. Look at its pods` };
}
