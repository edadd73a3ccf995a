import { hashOf } from '#libs/contracts';
import { isTerminal, MOVES, type Run } from '#libs/domain';
import type { Moment, Facts } from './facts.js';
import type { Invariant } from './invariant.js';
import { STARTED_AT } from '../kernel/sim-clock.js';

const opened = ({ runs }: Moment, seen: Set<string>): readonly Run[] =>
  runs.filter(({ id }) => !seen.has(id) && seen.add(id));

/** Made anew for every seed: some of them remember. */
export const ofRuns = (): readonly Invariant[] => [
  oneOpenRun,
  openRunIsNamed,
  epochRises(),
  approvedMoves(),
  coolDown(),
  approvalsOnce(),
  noQuarantinedActive,
  neverIntoAnother(),
  nothingWhileOnHold,
];

const oneOpenRun: Invariant = {
  name: 'one-open-run',
  onMoment: (_, { facts: { openRuns } }) =>
    openRuns.length > 1 ? `${openRuns.map(({ id }) => id).join(' and ')} are open at once` : undefined,
};

/** A run is a lease on the group that no time ends. */
const openRunIsNamed: Invariant = {
  name: 'open-run-is-held',
  onMoment: ({ state }, { facts: { openRuns } }) => {
    const [run] = openRuns;
    if (!run || (state.phase === 'running' && state.run === run.id)) return undefined;
    return `${run.id} is ${run.phase}, and the group is ${state.phase}`;
  },
};

/** New at every start, takeover and compensation, and never lower. */
const epochRises = (): Invariant => {
  const last = new Map<string, { epoch: number; isCompensated: boolean }>();
  const owners = new Map<number, string>();
  return {
    name: 'epoch-rises',
    onMoment: ({ epoch, epochBefore, runs }, { facts: { leader, openRuns } }) => {
      if (epoch < epochBefore) return `the epoch fell from ${epochBefore} to ${epoch}`;
      const owner = owners.get(epoch);
      if (leader !== undefined && openRuns.length > 0) {
        owners.set(epoch, leader);
        if (owner !== undefined && owner !== leader) return `epoch ${epoch} of ${owner} is that of ${leader} now`;
      }
      for (const run of runs) {
        const before = last.get(run.id);
        const isCompensated = run.compensation !== undefined;
        last.set(run.id, { epoch: run.epoch, isCompensated });
        if (!before && run.epoch <= epochBefore) return `${run.id} started under the old epoch ${run.epoch}`;
        if (before && isCompensated && !before.isCompensated && run.epoch <= before.epoch)
          return `the compensation of ${run.id} goes on under epoch ${run.epoch}`;
        if (!isTerminal(run.phase) && run.epoch !== epoch)
          return `${run.id} is of epoch ${run.epoch}, in force is ${epoch}`;
      }
      return undefined;
    },
  };
};

/** Moves that no incident explains belong to people: asked by one of them, and approved by another where that is due. */
const approvedMoves = (): Invariant => {
  const seen = new Set<string>();
  return {
    name: 'failback-is-approved',
    onMoment: (moment, { facts }) => {
      for (const run of opened(moment, seen)) {
        const { kind } = run.plan;
        if (kind === 'switchover' && run.requestedBy === undefined)
          return `switchover ${run.id} was asked for by nobody`;
        if (kind !== 'failback' && kind !== 'reprotect') continue;
        const approval = run.approval && facts.approvals.get(run.approval);
        if (!approval || approval.phase !== 'granted') return `${kind} ${run.id} was approved by nobody`;
        if (approval.decidedBy === approval.requestedBy) return `${kind} ${run.id} was approved by who asked for it`;
      }
      return undefined;
    },
  };
};

const coolDown = (): Invariant => {
  const seen = new Set<string>();
  return {
    name: 'cool-down',
    onMoment: (moment, { facts, stage }) => {
      for (const run of opened(moment, seen)) {
        const isAutomatic = run.plan.kind === 'failover' && run.approval === undefined && run.requestedBy === undefined;
        const { lastRunEndedAt } = moment.stateBefore;
        if (!isAutomatic || lastRunEndedAt === undefined || isLifted(facts, 'cool-down', moment.atMs)) continue;
        const agoMs = run.startedAt - lastRunEndedAt;
        if (agoMs < stage.policy.coolDownMs) return `${run.id} started by itself ${agoMs} ms after the last one ended`;
      }
      return undefined;
    },
  };
};

/** Each counts for one run, which is the one that was asked for. */
const approvalsOnce = (): Invariant => {
  const used = new Map<string, string>();
  return {
    name: 'approval-counts-once',
    onMoment: ({ runs }, { facts }) => {
      for (const run of runs) {
        if (run.approval === undefined) continue;
        const by = used.get(run.approval);
        if (by !== undefined && by !== run.id) return `${run.approval} was used by ${by} and by ${run.id}`;
        used.set(run.approval, run.id);
        const { kind, target } = facts.approvals.get(run.approval) ?? {};
        if (kind !== run.plan.kind || target !== run.plan.to)
          return `${run.approval} was for a ${kind} to ${target}, and ${run.id} is a ${run.plan.kind} to ${run.plan.to}`;
        if (run.planHash !== hashOf(run.plan)) return `${run.id} carries the hash of another plan`;
      }
      return undefined;
    },
  };
};

const noQuarantinedActive: Invariant = {
  name: 'quarantined-never-active',
  onMoment: ({ state, stateBefore, isStateChanged }) => {
    if (!isStateChanged) return undefined;
    if (state.active in state.returning) return `${state.active} is active and ${state.returning[state.active]?.phase}`;
    if (state.active !== stateBefore.active && state.active in stateBefore.returning)
      return `${state.active} became active out of quarantine`;
    return undefined;
  },
};

/** What takes a group over is the cluster that was known: in another one, nothing of the group is. */
const neverIntoAnother = (): Invariant => {
  const seen = new Set<string>();
  return {
    name: 'never-into-another-cluster',
    onMoment: (moment, { stage }) => {
      const { roundMs, voteTtlMs, probeTimeoutMs } = stage.policy;
      for (const { id, plan } of opened(moment, seen)) {
        const kafka = stage.world.kafkas.get(plan.to);
        const knownAs = moment.stateBefore.knownAs?.[plan.to];
        // What is said of it may be as old as a vote and a round.
        const isNews = moment.atMs - (kafka?.bornAtMs ?? 0) < voteTtlMs + 3 * (roundMs + probeTimeoutMs);
        if (!MOVES.includes(plan.kind) || isNews || knownAs === undefined || kafka?.name === knownAs) continue;
        return `${id} goes to ${plan.to}, which was known as ${knownAs} and is ${kafka?.name} now`;
      }
      return undefined;
    },
  };
};

/** A person has to look first. */
const nothingWhileOnHold: Invariant = {
  name: 'hold-holds',
  onMoment: ({ runs, stateBefore, state, isStateChanged }, { facts: { hold } }) =>
    hold !== undefined &&
    isStateChanged &&
    runs.some(({ plan }) => MOVES.includes(plan.kind)) &&
    state.active !== stateBefore.active
      ? `the group moved while it was on hold: ${hold}`
      : undefined,
};

export const isLifted = (facts: Facts, veto: string, atMs: number): boolean =>
  facts.overrides.some((lift) => lift.veto === veto && lift.until > STARTED_AT + atMs);
