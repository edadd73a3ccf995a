import type { SiteId, SiteVoice } from '#libs/domain';
import type { Evaluation, Settings } from './decision.js';
import type { GroupState } from './group-state.js';
import { siteAfter } from './returning-machine.js';
import { verdictOf } from './veto.js';

/**
 * What Kafka calls itself by now, where that is not what it was known as: a cluster that was formatted, restored from
 * nothing or replaced, and none of the group's records are in it. As many sites must say so as say otherwise: of three
 * one that is wrong changes nothing, and the last one that reaches it is believed. Undefined while it is the same, or
 * nobody knows. Pure.
 */
export function anotherThan(knownAs: string | undefined, voices: readonly SiteVoice[]): string | undefined {
  if (knownAs === undefined) return undefined;
  const named = voices.flatMap(({ kafkaClusterId }) => kafkaClusterId ?? []);
  const others = named.filter((name) => name !== knownAs);
  return others.length * 2 >= named.length ? others[0] : undefined;
}

/**
 * What one site has measured of a cluster that calls itself as before: its log lost its end. Only the site that follows
 * the cluster can know, so nobody has to agree; undefined while nobody says so. Pure.
 */
export function fallenEnds(voices: readonly SiteVoice[]): string | undefined {
  const [voice] = voices.filter(({ rebornBecause }) => rebornBecause !== undefined);
  return voice && `${voice.kafkaClusterId ?? 'nobody knows what'}, where ${voice.rebornBecause}`;
}

/** What as many sites as the quorum say that it calls itself, and none denies: what it will be known as. */
function agreedName(voices: readonly SiteVoice[], quorum: number): string | undefined {
  const named = voices.flatMap(({ kafkaClusterId }) => kafkaClusterId ?? []);
  const isAgreed = named.length >= Math.min(quorum, voices.length) && new Set(named).size === 1;
  return isAgreed ? named[0] : undefined;
}

/** News of what a cluster calls itself. */
export type Identified =
  | { readonly input: 'identified'; readonly state: GroupState }
  | { readonly input: 'returning'; readonly state: GroupState; readonly rule: string };

/** The first news there is; undefined while every cluster is who it was. Pure. */
export function identify(state: GroupState, event: Evaluation, settings: Settings): Identified | undefined {
  for (const site of settings.shape.sites) {
    const news = identifyOne(state, site, event, settings);
    if (news) return news;
  }
  return undefined;
}

function identifyOne(
  state: GroupState,
  site: SiteId,
  { at, evidence }: Evaluation,
  { shape, policy }: Settings,
): Identified | undefined {
  const { voices = [] } = verdictOf(evidence, shape, site) ?? {};
  const knownAs = state.knownAs?.[site];
  if (knownAs === undefined) {
    const name = agreedName(voices, policy.quorum);
    return name === undefined
      ? undefined
      : { input: 'identified', state: { ...state, knownAs: { ...state.knownAs, [site]: name } } };
  }
  const before = state.returning[site];
  // What was measured goes on moving: the first of it is enough.
  const rebornAs = anotherThan(knownAs, voices) ?? before?.rebornAs ?? fallenEnds(voices);
  // Where clients write is not taken from them: people are told, and nothing moves by itself.
  if (rebornAs === undefined || site === state.active || before?.rebornAs === rebornAs) return undefined;
  const leftBy = before?.leftBy && { leftBy: before.leftBy };
  const record = siteAfter('was-reborn', before, { since: at, rebornAs, ...leftBy });
  if (!record) return undefined;
  return {
    input: 'returning',
    state: { ...state, returning: { ...state.returning, [site]: record } },
    rule: record.rule,
  };
}

/** A person says that the site was rebuilt: whatever it calls itself when it is seen next is what it is known as. */
export function forget({ knownAs, ...state }: GroupState, site: SiteId): GroupState {
  const { [site]: _known, ...others } = knownAs ?? {};
  return { ...state, ...(Object.keys(others).length > 0 && { knownAs: others }) } as GroupState;
}
