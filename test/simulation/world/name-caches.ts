import type { AddressTarget, SiteId } from '#libs/domain';
import type { Timeline } from '../kernel/timeline.js';
import { ADDRESSES, DATA_SITES } from './ground.js';
import type { SimResource } from './sim-resource.js';

/** Some resolvers keep an answer for longer than they were told. */
const STUBBORN_MS = 60_000;

interface Cached {
  readonly site: SiteId | undefined;
  readonly untilMs: number;
}

/** Where clients go: each resolver asks when its answer has run out, and one of them keeps what it has for too long. */
export class NameCaches {
  readonly #caches: Cached[] = [];

  constructor(
    private readonly name: SimResource,
    private readonly timeline: Timeline,
  ) {}

  /** The site that an obedient (0) or a stubborn (1) resolver sends its clients to now. */
  siteFor(resolver: 0 | 1): SiteId | undefined {
    const { worldMs } = this.timeline;
    const cached = this.#caches[resolver];
    if (cached && cached.untilMs > worldMs) return cached.site;
    const { addresses, ttlSeconds } = this.name.held.value as AddressTarget;
    const site = DATA_SITES.find((each) => ADDRESSES[each]?.join() === addresses.join());
    const keptMs = Math.max(ttlSeconds * 1_000, resolver === 1 ? STUBBORN_MS : 0);
    this.#caches[resolver] = { site, untilMs: worldMs + keptMs };
    return site;
  }
}
