import type { PlanAnswer, StatusAnswer } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { OperatorApi } from '../../apps/cli/src/operator-api.js';
import { DemoError } from './demo-error.js';

const POLL_MS = 100;

export interface Limits {
  readonly clock: Clock;
  readonly withinMs: number;
}

/** Asks until there is an answer. After the deadline says what it waited for, and the last failure on the way. */
export const waitFor = async <T>(
  what: string,
  { clock, withinMs }: Limits,
  attempt: () => Promise<T | undefined>,
): Promise<T> => {
  const startedAtMs = clock.monotonicMs();
  let last = 'it did not come';
  for (;;) {
    try {
      const found = await attempt();
      if (found !== undefined) return found;
    } catch (error) {
      if (error instanceof DemoError) throw error;
      last = messageOf(error);
    }
    if (clock.monotonicMs() - startedAtMs > withinMs) throw new DemoError(`no ${what} within ${withinMs} ms: ${last}`);
    await clock.sleep(POLL_MS);
  }
};

/** Against a failover that a person asked for now: all is well, or the mode under test touches nothing. */
const EXPECTED: readonly string[] = ['active-is-up', 'observe-mode'];

/** Whose steadiness is asked for. */
export interface Subject {
  readonly api: OperatorApi;
  readonly group: string;
  readonly home: string;
}

/** Fails, with everything that is missing, until a failover could be shown: no trouble and no veto but `tolerated`. */
export const checkSteady = async ({ api, group, home }: Subject, tolerated?: string): Promise<true> => {
  const status = await api.get<StatusAnswer>('/status');
  const active = status.groups.find((each) => each.group === group)?.active;
  if (active !== undefined && active !== home)
    throw new DemoError(
      `${group} moved to ${active} before the fault: is this machine too busy to keep a cluster well?`,
    );
  const { vetoes } = await api.get<PlanAnswer>(`/groups/${group}/plan`);
  const standing = vetoes.filter(({ name }) => name !== tolerated && !EXPECTED.includes(name));
  const missing = [...troubles(status, group), ...standing.map(({ name, message }) => `${name}: ${message}`)];
  if (missing.length > 0) throw new Error(missing.join('; '));
  return true;
};

const troubles = function* ({ journal, missing, clusters, groups, guards }: StatusAnswer, group: string) {
  if (!journal.reachable) yield 'the journal cannot be reached';
  yield* missing;
  if (clusters.length === 0) yield 'there is no verdict yet';
  for (const { verdict, recorded } of clusters)
    if (verdict.kind !== 'up' || !recorded) yield `cluster ${verdict.cluster} is ${verdict.kind} (${verdict.rule})`;
  if (!groups.find((each) => each.group === group)?.leader) yield `nobody leads ${group}`;
  if (guards.length < clusters.length) yield 'not every cluster has a site-guard';
  for (const { record, leaseHeld } of guards) {
    if (!leaseHeld) yield `the guard of ${record.site} holds no lease`;
    if (!record.armed) yield `the guard of ${record.site} is not armed: ${record.armedBy}`;
  }
};
