import type { SiteId } from '#libs/domain';
import { SITES } from './ground.js';

/** Who reaches whom, which sites have power, and where the journal has a majority. */
export class Network {
  /** `from>to` that carry nothing. Counted, since faults overlap. */
  readonly #cut = new Map<string, number>();
  readonly #dark = new Map<SiteId, number>();
  readonly #membersDown = new Map<SiteId, number>();
  /** Nobody leads the journal's members while this is above 0. */
  #leaderless = 0;
  /** What a call takes at most, one way. */
  latencyMs = 5;

  cut(from: SiteId, to: SiteId): () => void {
    return counted(this.#cut, `${from}>${to}`);
  }

  powerOff(site: SiteId): () => void {
    return counted(this.#dark, site);
  }

  stopMember(site: SiteId): () => void {
    return counted(this.#membersDown, site);
  }

  loseLeader(): () => void {
    this.#leaderless += 1;
    return once(() => (this.#leaderless -= 1));
  }

  hasPower(site: SiteId): boolean {
    return !this.#dark.get(site);
  }

  /** One way. */
  carries(from: SiteId, to: SiteId): boolean {
    return this.hasPower(from) && this.hasPower(to) && (from === to || !this.#cut.get(`${from}>${to}`));
  }

  /** A question and its answer. */
  connects(one: SiteId, other: SiteId): boolean {
    return this.carries(one, other) && this.carries(other, one);
  }

  /** Whether a process at `site` gets answers of the journal: from a member that some other member agrees with. */
  reachesJournal(site: SiteId): boolean {
    if (this.#leaderless > 0) return false;
    return SITES.some((member) => this.connects(site, member) && this.isInMajority(member));
  }

  isInMajority(member: SiteId): boolean {
    const serves = (site: SiteId) => this.hasPower(site) && !this.#membersDown.get(site);
    return serves(member) && SITES.some((other) => other !== member && serves(other) && this.connects(member, other));
  }
}

function counted<K>(counts: Map<K, number>, key: K): () => void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return once(() => counts.set(key, (counts.get(key) ?? 1) - 1));
}

function once(undo: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) undo();
    isDone = true;
  };
}
