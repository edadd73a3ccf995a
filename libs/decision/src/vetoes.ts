import type { Instant, SiteId, Verdict } from '#libs/domain';
import type { Evidence } from './evidence.js';
import type { GroupState } from './group-state.js';
import type { DecisionPolicy, GroupShape } from './policy.js';

/** A reason not to act. `overridable`: a person may decide to act all the same. */
export interface Veto {
  readonly name: string;
  readonly message: string;
  readonly overridable: boolean;
}

export interface Situation {
  readonly at: Instant;
  readonly state: GroupState;
  readonly shape: GroupShape;
  readonly policy: DecisionPolicy;
  readonly evidence: Evidence;
  /** Where the group would move; undefined when no site is eligible. */
  readonly target: SiteId | undefined;
}

type VetoCheck = (situation: Situation) => Veto | undefined;

const hard = (name: string, message: string): Veto => ({ name, message, overridable: false });
const soft = (name: string, message: string): Veto => ({ name, message, overridable: true });

export const verdictOf = (evidence: Evidence, shape: GroupShape, site: SiteId | undefined): Verdict | undefined =>
  site && evidence.verdicts.find((verdict) => verdict.cluster === shape.clusters[site]);

const noTarget: VetoCheck = ({ target, state }) =>
  target
    ? undefined
    : hard(
        'no-target',
        `no other site of the group may take over; quarantined: ${state.quarantined.join(', ') || 'none'}`,
      );

const targetUnhealthy: VetoCheck = ({ target, evidence, shape }) => {
  const kind = verdictOf(evidence, shape, target)?.kind ?? 'unknown';
  if (!target || kind === 'up') return undefined;
  return hard('target-unhealthy', `the cluster at ${target} is ${kind}`);
};

const targetHealthyTooShort: VetoCheck = ({ target, evidence, shape, policy }) => {
  const voices = verdictOf(evidence, shape, target)?.voices ?? [];
  const healthyForMs = Math.max(0, ...voices.map((voice) => voice.healthyForMs));
  if (!target || healthyForMs >= policy.targetHealthyMs) return undefined;
  return soft(
    'target-healthy-too-short',
    `the cluster at ${target} has been healthy for ${healthyForMs} ms of ${policy.targetHealthyMs} ms`,
  );
};

const lagAboveRpo: VetoCheck = ({ state, shape, evidence, policy, target }) => {
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

/** In `strict` a silent site counts as fenced only if its guard was armed; in `guarded` the fence must be read back. */
const noFencePossible: VetoCheck = ({ state, evidence, policy }) => {
  const guard = evidence.guards[state.active];
  switch (policy.fenceMode) {
    case 'advisory':
      return undefined;
    case 'guarded':
      if (guard?.leaseHeld) return undefined;
      return hard(
        'no-fence-possible',
        `the site-guard of ${state.active} does not answer, and fence mode guarded wants its read-back`,
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

const inCoolDown: VetoCheck = ({ at, state, policy }) => {
  if (state.lastRunEndedAt === undefined) return undefined;
  const remainingMs = state.lastRunEndedAt + policy.coolDownMs - at;
  return remainingMs > 0
    ? soft('cool-down', `the last run ended ${at - state.lastRunEndedAt} ms ago; ${remainingMs} ms remain`)
    : undefined;
};

const frozen: VetoCheck = ({ at, evidence: { freeze } }) =>
  freeze && freeze.until > at
    ? hard('frozen', `frozen by ${freeze.by} until ${new Date(freeze.until).toISOString()}: ${freeze.reason}`)
    : undefined;

const runActive: VetoCheck = ({ state }) =>
  state.phase === 'failing-over' ? hard('run-active', `run ${state.run} is moving the group already`) : undefined;

/** Every check runs, so that an operator sees all that stands in the way. */
const CHECKS: readonly VetoCheck[] = [
  noTarget,
  targetUnhealthy,
  targetHealthyTooShort,
  lagAboveRpo,
  noFencePossible,
  inCoolDown,
  frozen,
  runActive,
];

export const vetoesOf = (situation: Situation): readonly Veto[] =>
  CHECKS.map((check) => check(situation)).filter((veto) => veto !== undefined);

/** The first site of the group, in declared order, that is neither active nor quarantined. */
export const targetOf = (state: GroupState, shape: GroupShape): SiteId | undefined =>
  shape.sites.find((site) => site !== state.active && !state.quarantined.includes(site));
