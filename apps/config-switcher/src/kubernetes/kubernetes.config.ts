import { canonicalJson } from '#libs/contracts';
import {
  UnavailableError,
  type Cause,
  type ConfigData,
  type Epoch,
  type Json,
  type RunId,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { ApiServer } from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import { ClientConfig } from '../client-config.js';
import { Follower, type Outcome } from '../rollout/follow.js';
import { WorkloadAtApi } from '../rollout/workloads.js';
import { combined, versionsOf, type Seen } from './combined.js';
import type { ConfigObject } from './config-object.js';
import { partsOf } from './held-object.js';
import { rolloutPlan } from './rollout-plan.js';

/** While workloads come up, the objects are looked at this often: somebody may change them by hand. */
const LOOK_MS = 1_000;
/** Where a write has no run, as in a test or by hand. */
const NO_RUN: Cause = { run: 'none' as RunId, step: 'none' };

/**
 * The ConfigMaps and Secrets that clients of one site read, as one value. The API server compares what was seen; that
 * it refuses everybody else's stale epoch is up to the admission policies, so it is kept as a weak one is.
 */
export class KubernetesConfig extends ClientConfig {
  override readonly fence = 'weak';
  override readonly lookEveryMs = 30_000;
  /** What the last read saw: a write that saw the same need not look again, since the API server compares. */
  private last: readonly Seen[] = [];
  private glanced: { readonly seen: readonly Seen[]; readonly stamped: Stamped<ConfigData> } | undefined;

  constructor(
    private readonly id: string,
    private readonly objects: readonly ConfigObject[],
    private readonly api: ApiServer,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async read(signal: AbortSignal): Promise<Stamped<ConfigData>> {
    this.last = await this.seen(signal);
    return combined(this.last);
  }

  /** Costs next to nothing while nothing changes: it is done every few seconds, for hundreds of objects. */
  override async glance(signal: AbortSignal): Promise<Stamped<ConfigData>> {
    const seen = await this.glancedAt(signal);
    const before = this.glanced;
    if (before && seen.every(({ held }, index) => held === before.seen[index]?.held)) return before.stamped;
    this.glanced = { seen, stamped: combined(seen) };
    return this.glanced.stamped;
  }

  /** The first object decides between writers that saw the same: who loses it touches none of the others. */
  override async write(
    seen: Stamped<ConfigData>,
    next: ConfigData,
    epoch: Epoch,
    signal: AbortSignal,
    cause: Cause = NO_RUN,
  ): Promise<WriteOutcome> {
    const now = versionsOf(this.last) === seen.version ? this.last : await this.seen(signal);
    if (versionsOf(now) !== seen.version || combined(now).epoch > epoch) return 'refused';
    // What says the same already keeps its text, so that nothing restarts for a seal.
    const data = canonicalJson(next) === canonicalJson(seen.value) ? undefined : next;
    const write = async (at: number): Promise<WriteOutcome> =>
      this.objects[at]!.write(now[at]!.held, { data, epoch, cause }, signal);
    const first = await write(0);
    if (first !== 'written') return first;
    const others = await Promise.all(this.objects.slice(1).map(async (_each, index) => write(index + 1)));
    return worst(others);
  }

  override async verify(expected: ConfigData | undefined, signal: AbortSignal): Promise<Verification> {
    const seen = await this.seen(signal);
    const { value, epoch } = combined(seen);
    const held: Json = { epoch, data: { ...value }, objects: JSON.parse(versionsOf(seen)) as Json };
    const check = 'the objects that clients read, and the pods that read them';
    if (expected === undefined) return { check, observed: held, holds: true };
    if (canonicalJson(value) !== canonicalJson(expected)) return { check, observed: held, holds: false };
    const outcomes = await this.rollouts(seen, signal);
    const exception = exceptionOf(outcomes);
    const observed: Json = { ...held, workloads: outcomes.map((each) => ({ ...each })) };
    return { check, observed, holds: true, ...(exception !== undefined && { exception }) };
  }

  /** Told by the watches: it is asked twice a minute, for hundreds of objects. */
  override async lacking(signal: AbortSignal): Promise<string | undefined> {
    const seen = await this.glancedAt(signal);
    for (const [index, { held }] of seen.entries()) this.objects[index]!.checkOwner(held);
    const missing = seen.flatMap(({ target, held }) =>
      Object.keys(target.keys)
        .filter((key) => !held.texts.has(key))
        .map((key) => `${held.name} has no key ${key}`),
    );
    if (missing.length > 0) {
      return `${missing.join(', ')}, and clients have nothing to read before the first run: create it`;
    }
    const foreign = seen.flatMap(foreignKeys);
    if (foreign.length === 0) return undefined;
    return (
      `${foreign.join(', ')}: the first run would replace it as a whole. Write it as the topology has it, ` +
      'or add to the topology what it lacks'
    );
  }

  override close(): Promise<void> {
    for (const object of this.objects) object.stop();
    return this.api.close();
  }

  private glancedAt(signal: AbortSignal): Promise<readonly Seen[]> {
    return Promise.all(
      this.objects.map(async (object) => ({ target: object.target, held: await object.glance(signal) })),
    );
  }

  private seen(signal: AbortSignal): Promise<readonly Seen[]> {
    return Promise.all(
      this.objects.map(async (object) => ({ target: object.target, held: await object.read(signal) })),
    );
  }

  /** All at once; how many requests are under way is bounded where they are made. */
  private async rollouts(seen: readonly Seen[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const changed = new AbortController();
    const over = new AbortController();
    const superseded = AbortSignal.any([signal, changed.signal]);
    const followed = rolloutPlan(this.id, seen).map(async ({ namespace, workload, expected, deadlineMs }) =>
      new Follower(new WorkloadAtApi(this.api, namespace, workload), expected, deadlineMs, this.clock).follow(
        superseded,
      ),
    );
    const watched = this.watch(seen, changed, AbortSignal.any([signal, over.signal]));
    const outcomes = await Promise.all(followed).finally(() => over.abort());
    await watched;
    if (changed.signal.aborted) throw new UnavailableError('somebody changed it while its workloads came up');
    return outcomes.map((outcome) => {
      if (outcome === undefined) throw new UnavailableError('its workloads had not come up when time was over');
      return outcome;
    });
  }

  /** What is changed while workloads come up is set again by the step, and its workloads followed anew. */
  private async watch(seen: readonly Seen[], changed: AbortController, over: AbortSignal): Promise<void> {
    const before = canonicalJson(combined(seen).value);
    await this.clock.sleep(LOOK_MS, over);
    while (!over.aborted) {
      const now = await this.seen(over).catch(() => undefined);
      const isChanged = now !== undefined && canonicalJson(combined(now).value) !== before;
      if (isChanged) return changed.abort();
      await this.clock.sleep(LOOK_MS, over);
    }
  }
}

/** What a person wrote there, and would miss after the first run. */
const foreignKeys = ({ target, held }: Seen): readonly string[] => {
  const parts = partsOf(target, held);
  return Object.entries(target.keys).flatMap(([key, { as }], index) =>
    parts[index] === undefined ? [`${key} of ${held.name} is not what "as: ${as}" would write`] : [],
  );
};

const worst = (outcomes: readonly WriteOutcome[]): WriteOutcome =>
  (['unknown', 'refused'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'written';

function exceptionOf(outcomes: readonly Outcome[]): string | undefined {
  const halted = outcomes.flatMap(({ state, problem }) => (state === 'settled' ? [] : [`${state}: ${problem ?? ''}`]));
  const missed = outcomes.filter(({ isMissed }) => isMissed).map(({ workload }) => workload);
  const said = [
    ...halted,
    ...(missed.length > 0
      ? [`Reloader missed ${missed.join(', ')}, restarted by Signalbox instead: look whether Reloader runs`]
      : []),
  ];
  return said.length > 0 ? said.join(' · ') : undefined;
}
