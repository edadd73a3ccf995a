import type { Run, Vote } from '#libs/domain';
import type { Transaction } from '#libs/journal';
import { STARTED_AT } from '../kernel/sim-clock.js';
import { clusterAt } from '../world/ground.js';
import type { Facts } from './facts.js';
import type { Invariant, Scene } from './invariant.js';
import { isLifted } from './of-runs.js';

/** Rounds end a while after they began, and votes are written a while after that. */
const SLACK_MS = 1_000;

const isAutomaticFailover = ({ plan, approval, requestedBy, phase, stage }: Run): boolean =>
  plan.kind === 'failover' && approval === undefined && requestedBy === undefined && phase === 'sealing' && stage === 0;

export const ofEvidence = (): readonly Invariant[] => {
  const seen = new Set<string>();
  const started = (runs: readonly Run[]) => runs.filter((run) => isAutomaticFailover(run) && !seen.has(run.id));
  return [
    { name: 'decision-holds-its-votes', onCommit: ungrounded },
    {
      name: 'automatic-run-has-quorum',
      onMoment: (moment, scene) => first(started(moment.runs), (run) => lacksQuorum(run, scene)),
    },
    {
      name: 'automatic-run-is-true',
      onMoment: (moment, scene) => first(started(moment.runs), (run) => isUntrue(run, scene)),
    },
    {
      name: 'target-gates',
      onMoment: (moment, scene) => {
        const runs = started(moment.runs);
        for (const { id } of runs) seen.add(id);
        return first(runs, (run) => gateClosed(run, scene));
      },
    },
  ];
};

/** The very commit that starts a run by itself holds only while every vote is the one that was looked at. */
function ungrounded({ conditions, changes }: Transaction, { facts }: Scene): string | undefined {
  const runs = changes.flatMap((change) =>
    change.kind === 'put' && change.key.endsWith('/run') ? [JSON.parse(change.value) as Run] : [],
  );
  if (!runs.some((run) => isAutomaticFailover(run)) || !changes.some(({ key }) => key.endsWith('/state')))
    return undefined;
  const held = new Set(conditions.flatMap(({ kind, key }) => (kind === 'unchanged' ? [key] : [])));
  const loose = [...facts.votes.keys()].find((key) => !held.has(key) && !key.includes('forger'));
  return loose && `${runs[0]?.id} was started while ${loose} may have changed`;
}

const first = (runs: readonly Run[], check: (run: Run) => string | undefined): string | undefined =>
  runs.map(check).find((problem) => problem !== undefined);

const votesOn = ({ votes }: Facts, cluster: string): readonly Vote[] =>
  [...votes.values()].filter((vote) => vote.cluster === cluster);

/**
 * At the very revision of the decision: the votes of two other sites, for the long dwell; or the site's own word and one
 * other, for the short one. One process is one vantage here.
 */
function lacksQuorum({ id, plan: { from } }: Run, { facts, stage }: Scene): string | undefined {
  const { dwellShortMs, dwellLongMs } = stage.policy;
  const votes = votesOn(facts, clusterAt(from));
  const down = votes.filter(({ opinion }) => opinion === 'down');
  const others = down
    .filter(({ site }) => site !== from)
    .map(({ failedForMs }) => failedForMs)
    .toSorted((one, other) => other - one);
  const own = votes.find(({ site }) => site === from);
  if (own?.opinion === 'down' && Math.min(own.failedForMs, others[0] ?? 0) >= dwellShortMs) return undefined;
  const isUp = votes.some(({ site, opinion }) => site !== from && (opinion === 'up' || opinion === 'degraded'));
  if (isUp) return `${id} left ${from} by itself while another site saw it up`;
  if (own && (own.opinion === 'up' || own.opinion === 'degraded'))
    return `${id} left ${from} by itself while ${from} said it is ${own.opinion}`;
  if (others.length < 2) return `${id} left ${from} by itself on the word of ${others.length} other site(s)`;
  if ((others[1] ?? 0) < dwellLongMs) return `${id} left ${from} by itself after ${others[1]} of ${dwellLongMs} ms`;
  return undefined;
}

/** Whatever was said: somebody who is honest could truly not write for as long as the shorter dwell. */
function isUntrue({ id, plan: { from } }: Run, { cast, stage }: Scene): string | undefined {
  const failing = cast.truths.filter(
    ({ cluster, vantage, isHonest }) => isHonest && vantage !== from && cluster === clusterAt(from),
  );
  const longestMs = Math.max(
    0,
    ...failing.map(({ failingSinceMs }) => stage.timeline.nowMs - (failingSinceMs ?? Infinity)),
  );
  const slackMs = SLACK_MS + 2 * stage.policy.probeTimeoutMs + stage.policy.voteTtlMs;
  if (longestMs + slackMs >= stage.policy.dwellShortMs) return undefined;
  return `${id} left ${from}, which no honest other site failed to write to for more than ${Math.round(longestMs)} ms`;
}

/** Nothing of this may be otherwise unless a person lifted it by name. */
function gateClosed({ id, plan: { from, to } }: Run, { facts, stage }: Scene): string | undefined {
  const { policy, timeline } = stage;
  const votes = votesOn(facts, clusterAt(to));
  const lifted = (veto: string) => isLifted(facts, veto, timeline.worldMs);
  if (!votes.some(({ opinion }) => opinion === 'up' || opinion === 'degraded'))
    return `${id} goes to ${to}, which nobody sees up`;
  const healthyForMs = Math.max(...votes.map((vote) => vote.healthyForMs));
  if (healthyForMs < policy.targetHealthyMs && !lifted('target-healthy-too-short'))
    return `${id} goes to ${to}, which is healthy for ${healthyForMs} ms only`;
  const lags = votesOn(facts, clusterAt(from)).flatMap(({ flows }) => flows);
  const lag = lags.toSorted((one, other) => one.sampleAgeMs - other.sampleAgeMs)[0];
  if (!lifted('lag-above-rpo') && (!lag || lag.lagMs + lag.sampleAgeMs > policy.rpoMs) && !lifted('lag-unknown'))
    return `${id} risks ${lag ? lag.lagMs + lag.sampleAgeMs : 'unknown'} ms of ${policy.rpoMs} ms`;
  if (facts.freezeUntil > STARTED_AT + timeline.worldMs + 60_000) return `${id} started while the group was frozen`;
  return undefined;
}
