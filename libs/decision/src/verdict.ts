import type { ClusterId, SiteId, SiteVoice, Verdict, VerdictKind } from '#libs/domain';
import { anotherThan, fallenEnds } from './identity.js';
import type { DecisionPolicy } from './policy.js';

type Own = 'good' | 'bad' | 'silent' | 'unsure';

interface Ballot {
  readonly own: Own;
  readonly ownVoice: SiteVoice | undefined;
  /** Other sites that say down, the longest failing first. */
  readonly down: readonly SiteVoice[];
  readonly up: readonly SiteVoice[];
  /** It is not the cluster that was known. */
  readonly isReborn: boolean;
}

type Numbers = Pick<DecisionPolicy, 'quorum' | 'dwellShortMs' | 'dwellLongMs'>;

interface Row {
  readonly rule: string;
  readonly kind: VerdictKind | ((ballot: Ballot) => VerdictKind);
  readonly matches: (ballot: Ballot, policy: Numbers) => boolean;
  readonly dwell?: 'dwellShortMs' | 'dwellLongMs';
}

const REASSURED: Readonly<Record<Own, VerdictKind>> = {
  silent: 'monitor-lost',
  bad: 'degraded',
  good: 'up',
  unsure: 'up',
};

/** The table of design §5; the first row that matches decides. */
const ROWS: readonly Row[] = [
  { rule: 'verdict-1-reborn-empty', kind: 'reborn-empty', matches: ({ isReborn }) => isReborn },
  {
    rule: 'verdict-2-down-by-own-report',
    kind: 'down',
    matches: ({ own, down }) => own === 'bad' && down.length >= 1,
    dwell: 'dwellShortMs',
  },
  { rule: 'verdict-3-link-down', kind: 'link-down', matches: ({ down, up }) => down.length >= 1 && up.length >= 1 },
  {
    rule: 'verdict-4-asymmetric',
    kind: 'asymmetric',
    matches: ({ own, down }, { quorum }) => own === 'good' && down.length >= quorum,
  },
  {
    rule: 'verdict-5-down-by-quorum',
    kind: 'down',
    matches: ({ down }, { quorum }) => down.length >= quorum,
    dwell: 'dwellLongMs',
  },
  { rule: 'verdict-6-no-quorum', kind: 'no-quorum', matches: ({ down }) => down.length >= 1 },
  { rule: 'verdict-7-seen-up', kind: ({ own }) => REASSURED[own], matches: ({ up }) => up.length >= 1 },
  { rule: 'verdict-8-blind', kind: 'blind', matches: ({ own }) => own === 'silent' },
  { rule: 'verdict-9-no-quorum', kind: 'no-quorum', matches: () => true },
];

function ownOf(voice: SiteVoice | undefined): Own {
  switch (voice?.opinion) {
    case 'up':
    case 'degraded':
      return 'good';
    case 'down':
      return 'bad';
    case 'suspect':
      return 'unsure';
    case undefined:
    case 'abstain':
    case 'silent':
      return 'silent';
  }
}

/**
 * How long the failure has been agreed on: as long as the last voice that the row needs. One vantage that failed
 * alone for an hour does not shorten the dwell of the one that joins it now.
 */
function failedForMs({ ownVoice, down }: Ballot, row: Row, { quorum }: Numbers): number {
  const needed = row.dwell === 'dwellShortMs' ? 1 : quorum;
  const agreed = down[Math.min(needed, down.length) - 1]?.failedForMs ?? 0;
  return row.dwell === 'dwellShortMs' ? Math.min(agreed, ownVoice?.failedForMs ?? 0) : agreed;
}

/**
 * What the sites' voices together say of the cluster that stands in `home`. `knownAs`: what Kafka there called itself
 * when it was first seen. Pure; total.
 */
export function verdictOn(
  cluster: ClusterId,
  home: SiteId,
  voices: readonly SiteVoice[],
  policy: Numbers,
  knownAs?: string,
): Verdict {
  const ownVoice = voices.find((voice) => voice.site === home);
  const others = voices.filter((voice) => voice.site !== home);
  const ballot: Ballot = {
    own: ownOf(ownVoice),
    ownVoice,
    down: others.filter((voice) => voice.opinion === 'down').toSorted((a, b) => b.failedForMs - a.failedForMs),
    up: others.filter((voice) => voice.opinion === 'up' || voice.opinion === 'degraded'),
    isReborn: (anotherThan(knownAs, voices) ?? fallenEnds(voices)) !== undefined,
  };
  const row = ROWS.find((candidate) => candidate.matches(ballot, policy)) as Row;
  return {
    cluster,
    kind: typeof row.kind === 'function' ? row.kind(ballot) : row.kind,
    rule: row.rule,
    ...(row.dwell && { dwellMs: policy[row.dwell] }),
    failedForMs: failedForMs(ballot, row, policy),
    voices,
  };
}
