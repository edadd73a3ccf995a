import type { SiteId, Verdict } from '#libs/domain';
import { attestationOf } from './evidence.js';
import { quarantinedIn, type GroupState } from './group-state.js';
import type { GroupShape } from './policy.js';
import { storm } from './storm.js';
import { hard, sitesThatSee, soft, verdictOf, type Situation, type Veto, type VetoCheck } from './veto.js';

const noTarget: VetoCheck = ({ target, state }) =>
  target
    ? undefined
    : hard(
        'no-target',
        `no other site of the group may take over; quarantined: ${quarantinedIn(state).join(', ') || 'none'}`,
      );

export const targetUnhealthy: VetoCheck = ({ target, evidence, shape }) => {
  const verdict = verdictOf(evidence, shape, target);
  const kind = verdict?.kind ?? 'unknown';
  if (!target || kind === 'up' || (verdict && isUpByItsOwnWord(target, verdict))) return undefined;
  const what = kind === 'reborn-empty' ? 'another one than it was, and empty' : kind;
  return hard('target-unhealthy', `the cluster at ${target} is ${what}`);
};

/** Of two sites the one that is left has nobody to confirm it. Only a person can move the group then, and sees it too. */
const isUpByItsOwnWord = (target: SiteId, { kind, voices }: Verdict): boolean =>
  kind === 'no-quorum' &&
  voices.length === 2 &&
  voices.every(({ site, opinion }) => (site === target ? opinion === 'up' : opinion === 'silent'));

export const targetHealthyTooShort: VetoCheck = ({ target, evidence, shape, policy }) => {
  const voices = verdictOf(evidence, shape, target)?.voices ?? [];
  const healthyForMs = Math.max(0, ...voices.map((voice) => voice.healthyForMs));
  if (!target || healthyForMs >= policy.targetHealthyMs) return undefined;
  return soft(
    'target-healthy-too-short',
    `the cluster at ${target} has been healthy for ${healthyForMs} ms of ${policy.targetHealthyMs} ms`,
  );
};

/** How much would be left behind, in time, if the active site were lost; undefined while nobody knows. */
export function atRiskMs({
  state,
  shape,
  evidence,
}: Pick<Situation, 'state' | 'shape' | 'evidence'>): number | undefined {
  const lag = evidence.lag[shape.clusters[state.active] ?? ''];
  return lag && lag.lagMs + lag.sampleAgeMs;
}

export const lagAboveRpo: VetoCheck = ({ state, shape, evidence, policy, target }) => {
  const flow = shape.flows.find(({ from, to }) => from === state.active && to === target);
  if (!flow) return soft('lag-unknown', `no flow replicates ${state.active} to ${target ?? 'another site'}`);
  const lag = evidence.lag[shape.clusters[state.active] ?? ''];
  if (!lag) return soft('lag-unknown', `nobody measured the lag of ${flow.id}`);
  const atRiskMs = lag.lagMs + lag.sampleAgeMs;
  if (atRiskMs <= policy.rpoMs) return undefined;
  return soft(
    'lag-above-rpo',
    `${flow.id} was ${lag.lagMs} ms (${lag.lagRecords} records) behind in a sample ${lag.sampleAgeMs} ms old at the first failed round; the RPO is ${policy.rpoMs} ms`,
  );
};

/**
 * In `strict` a silent site counts as fenced only if its guard was armed; in `guarded` the fence must be read back. A
 * person's word stands for either, until somebody sees the site answer.
 */
const noFencePossible: VetoCheck = ({ at, state, shape, evidence, policy }) => {
  const isSeen = sitesThatSee(evidence, shape, state.active).length > 0;
  if (!isSeen && attestationOf(evidence, state.active, at)) return undefined;
  const guard = evidence.guards[state.active];
  switch (policy.fenceMode) {
    case 'advisory':
      return undefined;
    case 'guarded':
      if (guard?.leaseHeld) return undefined;
      return hard(
        'no-fence-possible',
        `the site-guard of ${state.active} does not answer, and fence mode guarded wants its read-back, or a person who attests that the site is off`,
      );
    case 'strict':
      if (guard?.record?.armed) return undefined;
      return hard(
        'no-fence-possible',
        guard?.record
          ? `the site-guard of ${state.active} was not armed: ${guard.record.armedBy}`
          : `no site-guard of ${state.active} ever reported`,
      );
  }
};

/** Clients would stay behind: such a name is not written to, whoever asks. */
export const namesOfOthers: VetoCheck = ({ evidence: { foreignNames = [] } }) =>
  foreignNames.length === 0
    ? undefined
    : soft(
        'name-of-another',
        foreignNames
          .map(({ name, owners }) => `${name} belongs to ${owners.join(', ')} and will not be switched`)
          .join('; '),
      );

export const inCoolDown: VetoCheck = ({ at, state, policy }) => {
  if (state.lastRunEndedAt === undefined) return undefined;
  const remainingMs = state.lastRunEndedAt + policy.coolDownMs - at;
  return remainingMs > 0
    ? soft('cool-down', `the last run ended ${at - state.lastRunEndedAt} ms ago; ${remainingMs} ms remain`)
    : undefined;
};

export const frozen: VetoCheck = ({ at, evidence: { freeze } }) =>
  freeze && freeze.until > at
    ? hard('frozen', `frozen by ${freeze.by} until ${new Date(freeze.until).toISOString()}: ${freeze.reason}`)
    : undefined;

export const runActive: VetoCheck = ({ state }) =>
  state.phase === 'running'
    ? hard('run-active', `${state.kind} ${state.run} is under way; follow it with: signalbox run ${state.run}`)
    : undefined;

/** Every check runs, so that an operator sees all that stands in the way. */
export const FAILOVER_CHECKS: readonly VetoCheck[] = [
  noTarget,
  targetUnhealthy,
  targetHealthyTooShort,
  lagAboveRpo,
  noFencePossible,
  namesOfOthers,
  inCoolDown,
  frozen,
  runActive,
  storm,
];

export const vetoesOf = (situation: Situation): readonly Veto[] => weigh(FAILOVER_CHECKS, situation).standing;

/** What stands in the way, and what would if an operator had not lifted it by name. */
export interface Weighed {
  readonly standing: readonly Veto[];
  readonly lifted: readonly Veto[];
}

export const weighed = (situation: Situation): Weighed => weigh(FAILOVER_CHECKS, situation);

export function weigh(checks: readonly VetoCheck[], situation: Situation): Weighed {
  const { at, evidence } = situation;
  const vetoes = checks.map((check) => check(situation)).filter((veto) => veto !== undefined);
  const isLifted = ({ name, overridable }: Veto) =>
    overridable && evidence.overrides.some(({ veto, until }) => veto === name && until > at);
  return { standing: vetoes.filter((veto) => !isLifted(veto)), lifted: vetoes.filter(isLifted) };
}

/** The first site of the group, in declared order, that is neither active nor on its way back. */
export const targetOf = (state: GroupState, shape: GroupShape): SiteId | undefined =>
  shape.sites.find((site) => site !== state.active && !(site in state.returning));
