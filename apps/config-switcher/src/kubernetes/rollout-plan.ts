import { createHash } from 'node:crypto';
import { writtenAt } from '#libs/kubernetes';
import type { KubernetesTarget, KubernetesWorkload } from '#libs/topology';
import type { Expectation, Restart } from '../rollout/judge.js';
import type { Seen } from './combined.js';

/** One workload, and all that it reads of a config. */
export interface WorkloadPlan {
  readonly namespace: string;
  readonly workload: KubernetesWorkload;
  readonly expected: Expectation;
  readonly deadlineMs: number;
}

/** Every workload once, however many of the objects it reads; those that watch a file are restarted by nobody. Pure. */
export function rolloutPlan(config: string, all: readonly Seen[]): readonly WorkloadPlan[] {
  const byWorkload = new Map<string, { readonly workload: KubernetesWorkload; readonly seen: Seen[] }>();
  for (const seen of all) {
    for (const workload of seen.target.workloads) {
      const key = `${workload.kind} ${seen.target.namespace}/${workload.name}`;
      const known = byWorkload.get(key);
      if (known) known.seen.push(seen);
      else byWorkload.set(key, { workload, seen: [seen] });
    }
  }
  return [...byWorkload].flatMap(([name, { workload, seen }]) => planOf(config, name, workload, seen));
}

function planOf(
  config: string,
  name: string,
  workload: KubernetesWorkload,
  seen: readonly Seen[],
): readonly WorkloadPlan[] {
  const targets = seen.map(({ target }) => target);
  const restart = restartOf(targets);
  const [first] = targets;
  if (restart === 'watch-file' || first === undefined) return [];
  const read = seen.filter(({ target }) => target.restart !== 'watch-file');
  const proof = {
    annotation: `config.signalbox.io/${config}`,
    mark: markOf(read),
    objects: read.map(({ target: { object, name: of }, held }) => ({
      object,
      name: of,
      hashes: held.hashes,
      writtenAtMs: held.stamps.write === undefined ? 0 : writtenAt(held.stamps.write),
    })),
  };
  const reloaderWithinMs = Math.max(...targets.map((target) => target.reloaderWithinMs));
  return [
    {
      namespace: first.namespace,
      workload,
      expected: { name, restart, reloaderWithinMs, proof },
      deadlineMs: Math.max(...targets.map(({ deadlineMs }) => deadlineMs)),
    },
  ];
}

/** By its own annotation where one of the objects asks for it: that restarts it for all of them. */
const restartOf = (targets: readonly KubernetesTarget[]): Restart =>
  (['annotation', 'reloader'] as const).find((restart) => targets.some((target) => target.restart === restart)) ??
  'watch-file';

/** Another one after every change of what is read, also after one and its revert. */
const markOf = (seen: readonly Seen[]): string =>
  createHash('sha256')
    .update(JSON.stringify(seen.map(({ held }) => [held.name, held.stamps.write ?? '', ...held.texts])))
    .digest('hex')
    .slice(0, 16);
