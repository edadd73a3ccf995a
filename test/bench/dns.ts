import { FREE_NAMES } from '../support/bind.js';
import { raceForName, type RaceTally } from '../support/name-race.js';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { DnsStage } from './dns-stage.js';
import { spreadOf } from './spread.js';

export const NAME_COUNTS = [1, 50, 500] as const;
const clock = new SystemClock();

/** Switches that are followed to the resolver, for each number of names. */
const FOLLOWED = 5;

/** One switch of all names, followed to the end; in milliseconds. */
export interface DnsSwitch {
  /** Reading what every name holds. */
  readonly lookMs: number;
  /** From then until the primary has answered for every name. */
  readonly appliedMs: number;
  /** From then until every authoritative server gives the new answers. */
  readonly authoritativeMs: number;
  /** From then until a resolver does that had the old ones in its cache. */
  readonly resolverMs: number;
}

/** The same change, by us and by BIND's own client, right after each other. */
export interface DnsPair {
  readonly oursMs: number;
  readonly nsupdateMs: number;
}

export interface DnsSamples {
  readonly switches: readonly DnsSwitch[];
  readonly pairs: readonly DnsPair[];
}

type ByCount<T> = Readonly<Record<(typeof NAME_COUNTS)[number], T>>;

/** What `npm run bench -- dns --json` prints. In milliseconds. */
export interface DnsReport {
  readonly figures: {
    /** The largest of `ratios`. */
    readonly ratioToNsupdate: number;
    /** By the number of names: the median of the pairs, each ours over that of BIND's client. */
    readonly ratios: ByCount<number>;
    readonly medians: ByCount<DnsSwitch & DnsPair>;
    readonly raceRounds: number;
    readonly raceHigherEpochStands: number;
    readonly raceLowerRefused: number;
    readonly raceMixed: number;
  };
  readonly samples: ByCount<DnsSamples>;
}

/** On BIND, with two secondaries and a resolver of their own. */
export async function benchDns(pairs: number, rounds: number, say: (line: string) => void): Promise<DnsReport> {
  const stage = await DnsStage.set();
  try {
    const samples = new Map<number, DnsSamples>();
    for (const count of NAME_COUNTS) samples.set(count, await measure(stage, count, pairs, say));
    say(`race of ${rounds} rounds`);
    const switchers = { lower: stage.provider(), higher: stage.provider() };
    const race = await raceForName(`race.${FREE_NAMES}`, rounds, switchers, new SystemRandom());
    return dnsReport(samples, race);
  } finally {
    await stage.end();
  }
}

async function measure(
  stage: DnsStage,
  count: number,
  pairs: number,
  say: (line: string) => void,
): Promise<DnsSamples> {
  const samples: DnsSamples & { readonly switches: DnsSwitch[]; readonly pairs: DnsPair[] } = {
    switches: [],
    pairs: [],
  };
  await follow(stage, count);
  for (let n = 0; n < FOLLOWED; n++) samples.switches.push(await follow(stage, count));
  for (let n = 0; n < pairs; n++) samples.pairs.push(await pairOf(stage, count, n % 2 === 0));
  const median = (of: keyof DnsPair) => tenths(spreadOf(samples.pairs.map((pair) => pair[of])).median);
  say(`${count} names: ${median('oursMs')} ms, by nsupdate ${median('nsupdateMs')} ms`);
  return samples;
}

async function follow(stage: DnsStage, count: number): Promise<DnsSwitch> {
  const [names, target, provider] = [stage.names(count), stage.nextTarget(), stage.provider()];
  await stage.warm(names);
  const lookedAt = clock.monotonicMs();
  const steps = stage.steps(await stage.look(provider, names), target);
  const startedAt = clock.monotonicMs();
  const since = async (work: Promise<void>) => {
    await work;
    return tenths(clock.monotonicMs() - startedAt);
  };
  const appliedMs = await since(stage.apply(provider, steps));
  const authoritativeMs = await since(stage.agreed(provider, names, target));
  const resolverMs = await since(stage.resolved(names, target));
  return { lookMs: tenths(startedAt - lookedAt), appliedMs, authoritativeMs, resolverMs };
}

/** Who comes second finds warm caches; so they take turns. What was seen is read before, for both. */
async function pairOf(stage: DnsStage, count: number, areWeFirst: boolean): Promise<DnsPair> {
  const names = stage.names(count);
  const timed = async (byUs: boolean): Promise<number> => {
    const provider = stage.provider();
    const steps = stage.steps(await stage.look(provider, names), stage.nextTarget());
    const script = byUs ? '' : stage.script(provider, steps);
    const startedAt = clock.monotonicMs();
    await (byUs ? stage.apply(provider, steps) : stage.applyByNsupdate(script));
    return clock.monotonicMs() - startedAt;
  };
  const [first, second] = [await timed(areWeFirst), await timed(!areWeFirst)];
  const [oursMs, nsupdateMs] = areWeFirst ? [first, second] : [second, first];
  return { oursMs: tenths(oursMs), nsupdateMs: tenths(nsupdateMs) };
}

const tenths = (ms: number): number => Number(ms.toFixed(1));

export function dnsReport(samples: ReadonlyMap<number, DnsSamples>, race: RaceTally): DnsReport {
  const byCount = <T>(of: (own: DnsSamples) => T): ByCount<T> =>
    Object.fromEntries(
      NAME_COUNTS.map((count) => [count, of(samples.get(count) ?? { switches: [], pairs: [] })]),
    ) as ByCount<T>;
  const median = (values: readonly number[]): number => tenths(spreadOf(values).median);
  const ratios = byCount(({ pairs }) =>
    Number(spreadOf(pairs.map(({ oursMs, nsupdateMs }) => oursMs / nsupdateMs)).median.toFixed(2)),
  );
  return {
    figures: {
      ratioToNsupdate: Math.max(...Object.values<number>(ratios)),
      ratios,
      medians: byCount(({ switches, pairs }) => ({
        lookMs: median(switches.map(({ lookMs }) => lookMs)),
        appliedMs: median(switches.map(({ appliedMs }) => appliedMs)),
        authoritativeMs: median(switches.map(({ authoritativeMs }) => authoritativeMs)),
        resolverMs: median(switches.map(({ resolverMs }) => resolverMs)),
        oursMs: median(pairs.map(({ oursMs }) => oursMs)),
        nsupdateMs: median(pairs.map(({ nsupdateMs }) => nsupdateMs)),
      })),
      raceRounds: race.rounds,
      raceHigherEpochStands: race.higherStands,
      raceLowerRefused: race.lowerRefused,
      raceMixed: race.mixed,
    },
    samples: byCount((own) => own),
  };
}

/** The report as text. */
export function dnsInWords({ figures, samples }: DnsReport): string {
  const { ratios, medians, raceRounds, raceHigherEpochStands, raceLowerRefused, raceMixed } = figures;
  const row = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padStart(14)).join('');
  return [
    `Names switched on BIND, medians in ms. The same change by us and by nsupdate in ${samples[1].pairs.length} pairs each,`,
    `and ${samples[1].switches.length} switches followed from reading the names to the last old answer of a resolver (TTL 1 s).`,
    row(['names', 'ours', 'nsupdate', 'ratio', 'look', 'applied', 'authoritative', 'resolver']),
    ...NAME_COUNTS.map((count) => {
      const { oursMs, nsupdateMs, lookMs, appliedMs, authoritativeMs, resolverMs } = medians[count];
      return row([count, oursMs, nsupdateMs, ratios[count], lookMs, appliedMs, authoritativeMs, resolverMs]);
    }),
    `Race for one name, ${raceRounds} times: the higher epoch stood ${raceHigherEpochStands} times, the server refused the ` +
      `lower one ${raceLowerRefused} times, ${raceMixed} ended mixed.`,
  ].join('\n');
}
