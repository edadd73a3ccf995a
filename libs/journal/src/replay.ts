import { decide, verdictOn, type Evidence, type GroupEvent, type GroupState, type Settings } from '#libs/decision';
import { messageOf, siteId, type AuditEntry, type Instant, type Json, type Verdict } from '#libs/domain';
import { canonicalJson } from '#libs/contracts';
import { z } from 'zod';
import { owedBy, RecordedDecisionWire, saysHow } from './decided.js';

/** One thing that would be otherwise, in words. */
export interface Difference {
  readonly what: string;
  readonly was: string;
  readonly wouldBe: string;
}

/**
 * - `same`: this core decides as was decided;
 * - `otherwise`: it does not;
 * - `unreadable`: it cannot decide on what was recorded, and says why;
 * - `no-decision`: something else was written down, or by a version that did not say how it decided.
 */
export type Replayed = { readonly sequence: number; readonly at: Instant; readonly rule: string } & (
  | { readonly outcome: 'same' | 'no-decision' }
  | { readonly outcome: 'otherwise'; readonly differences: readonly Difference[] }
  | { readonly outcome: 'unreadable'; readonly why: string }
);

/** An entry with its evidence, wherever that lies. */
export type RecordedEntry = Pick<AuditEntry, 'sequence' | 'at' | 'rule' | 'after' | 'evidence'>;

/**
 * Decides once more what an entry says was decided, from the state before, the evidence and the settings of then, or by
 * other settings. Each entry for itself: one that comes out otherwise does not change those after it. Pure.
 */
export function replay(entry: RecordedEntry, other?: Settings): Replayed {
  const { sequence, at, rule, evidence } = entry;
  const about = { sequence, at, rule };
  if (!saysHow(evidence)) return { ...about, outcome: 'no-decision' };
  const read = RecordedDecisionWire.safeParse(evidence);
  if (!read.success) return { ...about, outcome: 'unreadable', why: whyUnreadable(read.error.issues) };
  try {
    const differences = differencesIn(entry, read.data as unknown as Recorded, other);
    return differences.length === 0 ? { ...about, outcome: 'same' } : { ...about, outcome: 'otherwise', differences };
  } catch (error) {
    return { ...about, outcome: 'unreadable', why: `this core cannot decide on it: ${messageOf(error)}` };
  }
}

const whyUnreadable = (
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string =>
  `this core does not know what was recorded: ${issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`;

interface Recorded extends Evidence {
  readonly decided: {
    readonly state: Parameters<typeof decide>[0];
    readonly event: GroupEvent;
    readonly settings: Settings;
  };
  readonly vetoes: readonly { readonly name: string }[];
  readonly owes: readonly Json[];
}

function differencesIn(entry: RecordedEntry, recorded: Recorded, other: Settings | undefined): readonly Difference[] {
  const { state, event, settings } = recorded.decided;
  const by = other ?? settings;
  const verdicts = (recorded.verdicts ?? []).map((verdict) => verdictAgain(verdict, by, state.knownAs));
  const decision = decide(state, eventWith(event, { ...recorded, verdicts }), by);
  return [
    ...verdicts.flatMap((verdict, at) => {
      const before = recorded.verdicts[at];
      return before ? compared(`verdict on ${verdict.cluster}`, before.kind, verdict.kind) : [];
    }),
    ...compared('rule', entry.rule, decision.rule),
    ...compared('phase', entry.after, decision.state.phase),
    ...compared('vetoes', namesOf(recorded.vetoes), namesOf(decision.vetoes)),
    ...compared('what follows', inWords(recorded.owes), inWords(owedBy(decision))),
  ];
}

/** The verdict is a part of the core: what it is made of are the voices, and what the cluster was known as. */
function verdictAgain(verdict: Verdict, { shape, policy }: Settings, knownAs: GroupState['knownAs']): Verdict {
  const home = Object.keys(shape.clusters).find((site) => shape.clusters[site] === verdict.cluster);
  if (home === undefined) return verdict;
  return verdictOn(verdict.cluster, siteId(home), verdict.voices, policy, knownAs?.[home]);
}

const WITH_EVIDENCE: readonly GroupEvent['kind'][] = ['evaluated', 'requested', 'approved'];

const eventWith = (event: GroupEvent, evidence: Evidence): GroupEvent =>
  WITH_EVIDENCE.includes(event.kind) ? ({ ...event, evidence } as GroupEvent) : event;

const compared = (what: string, was: string, wouldBe: string): readonly Difference[] =>
  was === wouldBe ? [] : [{ what, was, wouldBe }];

const namesOf = (vetoes: readonly { readonly name: string }[]): string =>
  vetoes.map(({ name }) => name).join(', ') || 'none';

const inWords = (owes: readonly Json[]): string => owes.map(effectInWords).join(' and ') || 'nothing';

const OwedWire = z.looseObject({
  does: z.string(),
  kind: z.string().default(''),
  from: z.string().default(''),
  to: z.string().default(''),
  planHash: z.string().optional(),
  outcome: z.string().optional(),
});

/** `start-run failover a → b by plan 5f2c09d1`; of what it does not know, all that it says. */
function effectInWords(owed: Json): string {
  const read = OwedWire.safeParse(owed);
  if (!read.success) return canonicalJson(owed);
  const { does, kind, from, to, planHash, outcome } = read.data;
  if (planHash !== undefined) return `${does} ${kind} ${from} → ${to} by plan ${planHash.slice(0, 8)}`;
  return outcome === undefined ? canonicalJson(owed) : `${does} as ${outcome}`;
}
