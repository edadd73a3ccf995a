import type { OperatorApi } from '../../apps/cli/src/operator-api.js';
import type { PlanAnswer, StatusAnswer } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { DemoError } from './demo-error.js';

const POLL_MS = 100;

/** Asks until `attempt` has nothing more to say; after the deadline throws what it said last. */
export const waitFor = async (
  what: string,
  { clock, withinMs, stop }: { readonly clock: Clock; readonly withinMs: number; readonly stop?: AbortSignal },
  attempt: () => Promise<string | undefined> | string | undefined,
): Promise<void> => {
  const startedAtMs = clock.monotonicMs();
  for (;;) {
    const missing = await Promise.resolve()
      .then(attempt)
      .catch((error: unknown) => messageOf(error));
    if (missing === undefined) return;
    stop?.throwIfAborted();
    if (clock.monotonicMs() - startedAtMs > withinMs)
      throw new DemoError(`waited ${withinMs} ms for ${what}; still missing: ${missing}`);
    await clock.sleep(POLL_MS, stop);
  }
};

/** What an orchestrator still misses before a failover could be shown, in words; undefined when nothing. */
export const missingForSteady = async (api: OperatorApi, group: string): Promise<string | undefined> => {
  const status = await api.get<StatusAnswer>('/status');
  const missing = [...troubles(status, group)];
  if (missing.length > 0) return missing.join('; ');
  const { vetoes } = await api.get<PlanAnswer>(`/groups/${group}/plan`);
  return vetoes.length === 0 ? undefined : vetoes.map(({ name, message }) => `${name}: ${message}`).join('; ');
};

const troubles = function* ({ journal, missing, clusters, groups, guards }: StatusAnswer, group: string) {
  if (!journal.reachable) yield 'the journal';
  yield* missing;
  if (clusters.length === 0) yield 'a verdict on any cluster';
  for (const { verdict, recorded } of clusters)
    if (verdict.kind !== 'up' || !recorded) yield `cluster ${verdict.cluster} is ${verdict.kind} (${verdict.rule})`;
  if (!groups.find((each) => each.group === group)?.leader) yield `a leader of ${group}`;
  if (guards.length < clusters.length) yield 'a site-guard for each cluster';
  for (const { record, leaseHeld } of guards) {
    if (!leaseHeld) yield `the lease of the guard of ${record.site}`;
    if (!record.armed) yield `the guard of ${record.site} is not armed: ${record.armedBy}`;
  }
};
