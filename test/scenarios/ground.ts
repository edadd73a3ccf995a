import type { SiteId } from '#libs/domain';

/** How a site's Kafka is. `degraded`: one broker of three takes no writes. */
export type KafkaState = 'serving' | 'degraded' | 'stopped';

/** Which sites reach which, and how the Kafka of each is. */
export class Ground {
  readonly kafka = new Map<string, KafkaState>();
  /** Behind, in ms, by flow; a flow that is not here keeps up, and one that is `undefined` nobody can measure. */
  readonly behindMs = new Map<string, number | undefined>();
  readonly #cut = new Set<string>();
  readonly #alone = new Set<string>();

  /** How often the Kafka of a site began from nothing. */
  readonly births = new Map<string, number>();

  /** What it calls itself: each time another name. */
  kafkaName(site: SiteId): string {
    return `kafka-${site}-${this.births.get(site) ?? 1}`;
  }

  cut(one: SiteId, other: SiteId): void {
    this.#cut.add(linkOf(one, other));
  }

  /** From every site, and from all of the rest of the world. */
  isolate(site: SiteId): void {
    this.#alone.add(site);
  }

  join(site: SiteId): void {
    this.#alone.delete(site);
    for (const link of this.#cut) if (link.split('|').includes(site)) this.#cut.delete(link);
  }

  isAlone(site: SiteId): boolean {
    return this.#alone.has(site);
  }

  reaches(from: SiteId, to: SiteId): boolean {
    if (from === to) return !this.#cut.has(linkOf(from, to));
    return !this.#alone.has(from) && !this.#alone.has(to) && !this.#cut.has(linkOf(from, to));
  }
}

const linkOf = (one: string, other: string): string => [one, other].toSorted().join('|');
