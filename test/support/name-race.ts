import { hasSameSets, type NameStep, type SeenName } from '../../apps/dns-switcher/src/name-change.js';
import type { NameProvider } from '../../apps/dns-switcher/src/name-provider.js';
import { setsOf } from '../../apps/dns-switcher/src/target-sets.js';
import { epoch, type Epoch } from '#libs/domain';
import type { Random } from '#libs/runtime';

export interface RaceTally {
  readonly rounds: number;
  /** Its value and its epoch, whole, after everybody has written all there was to write. */
  readonly higherStands: number;
  /** The lower epoch's last write came after the higher one's, and the provider would not have it. */
  readonly lowerRefused: number;
  /** Ended with something that nobody wrote as a whole. */
  readonly mixed: number;
}

const CALL_TIMEOUT_MS = 60_000;
const OWNER = { installation: 'race', group: 'orders' };

/**
 * Again and again two switchers with different epochs see the same and write at the same time. The higher one goes on,
 * as a run does that is in charge, until it has written. Then a copy of the lower one's write arrives, late.
 */
export async function raceForName(
  name: string,
  rounds: number,
  { lower, higher }: { readonly lower: NameProvider; readonly higher: NameProvider },
  random: Random,
): Promise<RaceTally> {
  const tally = { rounds, higherStands: 0, lowerRefused: 0, mixed: 0 };
  for (let round = 0; round < rounds; round++) {
    const [low, high] = [switcher(lower, name, '198.51.100', round), switcher(higher, name, '203.0.113', round)];
    const seen = await low.look();
    const above = (more: number) => epoch(seen.stamp.epoch + more);
    const lowWrite = low.step(seen, above(1));
    const highWrite = high.step(await high.look(), above(2));
    const race = [() => low.write(lowWrite), () => high.write(highWrite)] as const;
    if (random.fraction() < 0.5) await Promise.all([race[0](), race[1]()]);
    else await Promise.all([race[1](), race[0]()]);
    await high.insist(above(2));
    const late = await low.write(lowWrite);
    if (late === 'refused-by-fence') tally.lowerRefused += 1;
    const ended = await high.look();
    if (ended.stamp.epoch === above(2) && hasSameSets(ended.sets, highWrite.sets)) tally.higherStands += 1;
    else if (ended.stamp.epoch !== above(1) || !hasSameSets(ended.sets, lowWrite.sets)) tally.mixed += 1;
  }
  return tally;
}

const switcher = (provider: NameProvider, name: string, network: string, round: number) => {
  const host = (round % 120) * 2 + 1;
  const target = { addresses: [`${network}.${host}`, `${network}.${host + 1}`], ttlSeconds: 5 };
  const limit = () => AbortSignal.timeout(CALL_TIMEOUT_MS);
  const look = async (): Promise<SeenName> => (await provider.read([name], limit()))[0]!;
  const step = (seen: SeenName, stamped: Epoch): NameStep => ({
    seen,
    sets: setsOf(name, target, {}, seen.sets),
    stamp: { epoch: stamped, owner: OWNER },
  });
  const write = async (one: NameStep) => (await provider.apply({ names: [one] }, limit())).outcome;
  /** Looks and writes until the name carries its epoch. */
  const insist = async (stamped: Epoch): Promise<void> => {
    for (let seen = await look(); seen.stamp.epoch < stamped; seen = await look()) await write(step(seen, stamped));
  };
  return { look, step, write, insist };
};
