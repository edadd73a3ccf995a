import type { AddressTarget, Json } from '#libs/domain';
import type { WatchedName } from '../../apps/dns-switcher/src/propagation/watched-name.js';
import { put, type DnsLab } from './dns-lab.js';

const ASK_EVERY_MS = 20;
/** Past the horizon, in case it was said too early. */
const GO_ON_MS = 1_500;

/** What a step says of the way from the servers to the resolvers. */
export interface Said {
  readonly state: 'propagating' | 'done';
  readonly until?: string;
  readonly serials: Readonly<Record<string, number>>;
  readonly resolvers: Readonly<Record<string, { readonly gives: string }>>;
}

export interface Switched {
  readonly said: Said;
  /** How much earlier the horizon was than the last old answer; negative when it was later, as it has to be. */
  readonly earlyMs: number;
}

/**
 * Switches a name whose old answer the resolver has just taken in, and asks the resolver, as a client does, until after
 * the horizon that was said.
 */
export async function oldAnswersOf(lab: DnsLab, watched: WatchedName, next: AddressTarget): Promise<Switched> {
  const { name } = watched.tracker;
  await warm(lab, watched);
  const texts = next.addresses.map((address) => `A ${address}`).toSorted();
  const stopped = new AbortController();
  let lastOldAt = -Infinity;
  const client = async () => {
    while (!stopped.signal.aborted) {
      const askedAt = lab.clock.now();
      const answer = await lab.ask(name);
      // The moment it was asked: what took long to arrive was given then.
      if (answer.texts.join() !== texts.join()) lastOldAt = askedAt;
      await lab.clock.sleep(ASK_EVERY_MS, stopped.signal);
    }
  };
  const asking = client();
  let said = saidIn((await put(watched, next)).observed);
  // Where a server was too busy to answer in time, nothing can be said yet: it is asked again.
  while (said.until === undefined) said = saidIn((await watched.resource.verify(next, lab.soon())).observed);
  const until = Date.parse(said.until);
  while (lab.clock.now() < until + GO_ON_MS) await lab.clock.sleep(ASK_EVERY_MS);
  stopped.abort();
  await asking;
  return { said, earlyMs: lastOldAt - until };
}

/** Full of the present answer, just now: the next change then finds it at its warmest. */
async function warm(lab: DnsLab, { resource, tracker }: WatchedName): Promise<void> {
  const { ttlSeconds } = (await resource.read(AbortSignal.timeout(60_000))).value as AddressTarget;
  while ((await lab.ask(tracker.name)).remainingTtlSeconds < ttlSeconds) await lab.clock.sleep(ASK_EVERY_MS);
}

const saidIn = (observed: Json): Said => (observed as unknown as { readonly propagation: Said }).propagation;
