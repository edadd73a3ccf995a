import { hashOf } from '#libs/contracts';
import type { Decision, DecisionPolicy, Effect, GroupEvent, GroupShape, GroupState, Settings } from '#libs/decision';
import type { Json } from '#libs/domain';
import { z } from 'zod';
import { GroupStateWire } from './records.js';

/** Of what stands under `decided`; a higher one is for a later Signalbox to read. */
const VERSION = 1;

/**
 * What an audit entry of a decision says of its making, besides the evidence it looked at: with both of them the core
 * can decide again. The settings stand in each entry, since entries are exported in parts and old ones are removed.
 */
export interface Decided {
  /** As it was before. */
  readonly state: GroupState;
  /** Without its evidence, which is the entry's own. */
  readonly event: GroupEvent;
  readonly settings: Settings;
}

/** The part of the evidence of an entry that tells how a decision was made, and what it came to. */
export function decidedFrom({ state, event, settings }: Decided, decision: Decision): { readonly [key: string]: Json } {
  const { evidence, ...happened } = event as GroupEvent & { readonly evidence?: unknown };
  return {
    decided: { version: VERSION, state, event: happened, settings } as unknown as Json,
    vetoes: decision.vetoes as unknown as Json,
    owes: owedBy(decision) as Json,
  };
}

/** What follows from a decision, as its audit entry names it: which run or approval, where to, and by which plan. */
export const owedBy = ({ effects }: Decision): readonly Json[] => effects.map(owed);

function owed(effect: Effect): Json {
  switch (effect.kind) {
    case 'start-run': {
      const { kind, from, to } = effect.plan;
      return { does: effect.kind, run: effect.run, kind, from, to, planHash: hashOf(effect.plan) };
    }
    case 'open-approval': {
      const { approval, plan, expiresAt } = effect;
      const { kind, from, to } = plan;
      return { does: effect.kind, approval, kind, from, to, planHash: hashOf(plan), expiresAt };
    }
    case 'use-overrides':
      return { does: effect.kind, vetoes: [...effect.vetoes] };
    case 'take-turn': {
      const { kind, ...taken } = effect.turn;
      return { does: effect.kind, turn: kind, ...taken };
    }
    case 'close-approval': {
      const { kind, approval, outcome, because } = effect;
      return { does: kind, approval, outcome, ...(because !== undefined && { because }) };
    }
  }
}

/** All that the core reads: what is not there would be taken for something else. */
const POLICY: Readonly<Record<keyof DecisionPolicy, z.ZodType>> = {
  mode: z.enum(['observe', 'approve', 'automatic']),
  fenceMode: z.enum(['strict', 'guarded', 'advisory']),
  quorum: z.number(),
  dwellShortMs: z.number(),
  dwellLongMs: z.number(),
  targetHealthyMs: z.number(),
  // Before there was this, a cluster had recovered at once.
  recoveredAfterRounds: z.number().default(0),
  rpoMs: z.number(),
  coolDownMs: z.number(),
  // Without neighbours in the evidence, as before there was this, nothing reads it.
  runsAtOnce: z.number().optional(),
  sealTimeoutMs: z.number(),
  stepTimeoutMs: z.number(),
  approvalTtlMs: z.number(),
  drainTimeoutMs: z.number(),
  protectedAfterMs: z.number(),
  salvageConflicts: z.enum(['keep-newest', 'serving-site-wins', 'keep-all']).optional(),
  // Before there was this, one answer was enough, as it is without it.
  approval: z.looseObject({ required: z.number(), onTimeout: z.enum(['hold', 'deny']) }).optional(),
};
const SHAPE: Readonly<Record<keyof GroupShape, z.ZodType>> = {
  group: z.string(),
  home: z.string(),
  sites: z.array(z.string()),
  soleClusterAt: z.array(z.string()).optional(),
  tier: z.looseObject({ own: z.number() }).optional(),
  clusters: z.record(z.string(), z.string()),
  flows: z.array(z.looseObject({ id: z.string(), from: z.string(), to: z.string() })),
  names: z.array(z.looseObject({ name: z.string() })),
  configs: z.array(z.looseObject({ id: z.string() })),
  untranslatedGroups: z.enum(['oldest', 'report']).optional(),
};

const KINDS = [
  'evaluated',
  'requested',
  'approved',
  'denied',
  'cancelled',
  'released',
  'rescued',
  'run-closed',
] as const;

/**
 * What it was made of is taken as it stands: our own code wrote it, and the entry's hash covers it. The events and the
 * state are named, so that one that this core does not know is left alone rather than decided on.
 */
const DecidedWire = z.object({
  version: z.literal(VERSION),
  state: GroupStateWire,
  event: z.looseObject({ kind: z.enum(KINDS satisfies readonly GroupEvent['kind'][]), at: z.number() }),
  settings: z.object({ policy: z.looseObject(POLICY), shape: z.looseObject(SHAPE) }),
});

/** What an entry's evidence says of a decision. */
export const RecordedDecisionWire = z.looseObject({
  decided: DecidedWire,
  vetoes: z.array(z.looseObject({ name: z.string() })),
  owes: z.array(z.record(z.string(), z.json())),
});

/** Whether an entry is one of a decision that says how it was made, whatever version wrote it. */
export const saysHow = (evidence: Json): boolean =>
  typeof evidence === 'object' && evidence !== null && 'decided' in evidence;
