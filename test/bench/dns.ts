import { FREE_NAMES } from '../support/bind.js';
import { raceForName, type RaceTally } from '../support/name-race.js';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { DnsStage } from './dns-stage.js';
import { spreadOf } from './spread.js';

export const NAME_COUNTS = [1, 50, 500] as const;
const clock = new SystemClock();

/** Of one switch of all names; in milliseconds. */
export interface DnsSample {
  /** Reading what every name holds. */
  readonly lookMs: number;
  /** From then until the primary has answered for every name. */
  readonly appliedMs: number;
  /** From then until every authoritative server gives the new answers. */
  readonly authoritativeMs: number;
  /** From then until a resolver does that had the old ones in its cache. */
  readonly resolverMs: number;
  /** BIND's own client, sending the same change right before or after. */
  readonly nsupdateMs: number;
}

type Figure = keyof DnsSample;
type ByCount<T> = Readonly<Record<(typeof NAME_COUNTS)[number], T>>;

/** What `npm run bench -- dns --json` prints. In milliseconds. */
export interface DnsReport {
  readonly figures: {
    /** The largest of `ratios`. */
    readonly ratioToNsupdate: number;
    /** By the number of names: the median of the pairs, each ours over that of BIND's client. */
    readonly ratios: ByCount<number>;
    readonly medians: ByCount<Readonly<Record<Figure, number>>>;
    readonly raceRounds: number;
    readonly raceHigherEpochStands: number;
    readonly raceLowerRefused: number;
    readonly raceMixed: number;
  };
  readonly samples: ByCount<readonly DnsSample[]>;
}

/** On BIND, with two secondaries and a resolver of their own. */
export async function benchDns(pairs: number, rounds: number, say: (line: string) => void): Promise<DnsReport> {
  const stage = await DnsStage.set();
  try {
    const samples = new Map<number, readonly DnsSample[]>();
    for (const count of NAME_COUNTS) samples.set(count, await measure(stage, count, pairs, say));
    say(`race of ${rounds} rounds`);
    const switchers = { lower: stage.provider(), higher: stage.provider() };
    const race = await raceForName(`race.${FREE_NAMES}`, rounds, switchers, new SystemRandom());
    return dnsReport(samples, race);
  } finally {
    await stage.end();
  }
}

async function measure(stage: DnsStage, count: number, pairs: number, say: (line: string) => void) {
  const samples: DnsSample[] = [];
  await switchByUs(stage, count);
  for (let pair = 0; pair < pairs; pair++) {
    // Who comes second finds warm caches; so they take turns.
    const nsupdateFirst = pair % 2 === 0 ? await switchByNsupdate(stage, count) : undefined;
    const ours = await switchByUs(stage, count);
    const sample = { ...ours, nsupdateMs: nsupdateFirst ?? (await switchByNsupdate(stage, count)) };
    say(`${count} names, pair ${pair + 1} of ${pairs}: ${JSON.stringify(sample)}`);
    samples.push(sample);
  }
  return samples;
}

/** By a process that was just started, as when a run begins. */
async function switchByUs(stage: DnsStage, count: number): Promise<Omit<DnsSample, 'nsupdateMs'>> {
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

async function switchByNsupdate(stage: DnsStage, count: number): Promise<number> {
  const [names, target, provider] = [stage.names(count), stage.nextTarget(), stage.provider()];
  const script = stage.script(provider, stage.steps(await stage.look(provider, names), target));
  const startedAt = clock.monotonicMs();
  await stage.applyByNsupdate(script);
  const tookMs = tenths(clock.monotonicMs() - startedAt);
  await stage.agreed(provider, names, target);
  return tookMs;
}

const tenths = (ms: number): number => Number(ms.toFixed(1));

export function dnsReport(samples: ReadonlyMap<number, readonly DnsSample[]>, race: RaceTally): DnsReport {
  const byCount = <T>(of: (own: readonly DnsSample[]) => T): ByCount<T> =>
    Object.fromEntries(NAME_COUNTS.map((count) => [count, of(samples.get(count) ?? [])])) as ByCount<T>;
  const median = (values: readonly number[]): number => tenths(spreadOf(values).median);
  const ratios = byCount((own) =>
    Number(spreadOf(own.map(({ appliedMs, nsupdateMs }) => appliedMs / nsupdateMs)).median.toFixed(2)),
  );
  return {
    figures: {
      ratioToNsupdate: Math.max(...Object.values<number>(ratios)),
      ratios,
      medians: byCount((own) => ({
        lookMs: median(own.map(({ lookMs }) => lookMs)),
        appliedMs: median(own.map(({ appliedMs }) => appliedMs)),
        authoritativeMs: median(own.map(({ authoritativeMs }) => authoritativeMs)),
        resolverMs: median(own.map(({ resolverMs }) => resolverMs)),
        nsupdateMs: median(own.map(({ nsupdateMs }) => nsupdateMs)),
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
  const row = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padStart(15)).join('');
  return [
    `A switch of names on BIND, median of ${samples[1].length} pairs, ms.`,
    row(['names', 'look', 'applied', 'nsupdate', 'ratio', 'authoritative', 'resolver']),
    ...NAME_COUNTS.map((count) => {
      const { lookMs, appliedMs, nsupdateMs, authoritativeMs, resolverMs } = medians[count];
      return row([count, lookMs, appliedMs, nsupdateMs, ratios[count], authoritativeMs, resolverMs]);
    }),
    `Race for one name, ${raceRounds} times: the higher epoch stood ${raceHigherEpochStands} times, the server refused the ` +
      `lower one ${raceLowerRefused} times, ${raceMixed} ended mixed.`,
  ].join('\n');
}
