import { AuditEntryWire, decodeOrThrow, RunWire } from '#libs/contracts';
import { settingsOf } from '#libs/decision';
import { NEVER_STAMPED, resourceKey, siteId, type SiteId, type WriteAccess } from '#libs/domain';
import { evidenceOf, keys, replay, type Change } from '#libs/journal';
import { Random } from '#libs/runtime';
import { DEFAULT_POLICY, type Topology } from '#libs/topology';
import { verdictsOf } from '../../apps/orchestrator/src/group/evidence.js';
import type { GroupView } from '../../apps/orchestrator/src/group/group-view.js';
import { CutOffJournal } from '../support/cut-off.journal.js';
import { nameReport } from '../support/name-report.js';
import { stageTopology } from '../support/stage-topology.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { World } from '../interruption/world.js';
import { Ground } from './ground.js';
import type { SetAccess } from './sentry.js';
import { Site } from './site.js';
import { Transcript, valueText } from './transcript.js';
import { WitnessedJournal } from './witnessed.journal.js';

/** Ids in the order in which they are drawn: a scenario is the same every time. */
class CountedRandom extends Random {
  #drawn = 0;

  override fraction(): number {
    return 0.5;
  }

  override id(): string {
    return String(this.#drawn++).padStart(6, '0');
  }
}

/** The documented example with the documented policy, and with keys whose private half is at hand. */
export const givenTopology = (): Topology => ({ ...stageTopology(), policy: DEFAULT_POLICY });

/** Every process of every site, on virtual time and a ground that a scenario changes. */
export class Theatre {
  readonly clock = new VirtualClock();
  readonly random = new CountedRandom();
  readonly ground = new Ground();
  readonly transcript: Transcript;
  readonly journal: WitnessedJournal;
  readonly worlds: ReadonlyMap<string, World>;
  readonly sites: ReadonlyMap<string, Site>;
  readonly #known = new Map<string, number>();
  readonly #groupOfRun = new Map<string, string>();
  readonly #stored = new Map<string, WriteAccess>();

  constructor(readonly topology: Topology) {
    this.transcript = new Transcript(this.clock, topology.groups.length === 1);
    this.journal = new WitnessedJournal(this.clock, (changes) => this.#witness(changes));
    this.worlds = new Map(topology.groups.map(({ id, home }) => [id, new World(settingsOf(topology, id), home)]));
    const { ground, clock, random, worlds } = this;
    const setAccess: SetAccess = (...change) => this.#setAccess(...change);
    const onView = (view: GroupView) => this.#see(view);
    const around = { topology, ground, clock, random, worlds, setAccess, onView };
    const timeoutMs = topology.policy.requestTimeoutMs;
    this.sites = new Map(
      topology.sites.map(({ id }) => [id, new Site(id, new CutOffJournal(this.journal, clock, timeoutMs), around)]),
    );
  }

  /** Until every site votes and somebody leads. The witness is asked first, so that it leads. */
  async open(): Promise<void> {
    const last = this.topology.sites.at(-1)?.id;
    for (const site of [...this.sites.values()].toSorted((x) => (x.id === last ? -1 : 1))) {
      site.start();
      await this.clock.advance(0);
    }
    await this.clock.advance(this.topology.policy.roundMs);
    this.transcript.take();
  }

  site(name: string): Site {
    const site = this.sites.get(siteId(name.toLowerCase()));
    if (!site) throw new Error(`there is no site ${name}`);
    return site;
  }

  others(site: SiteId): readonly SiteId[] {
    return this.topology.sites.map(({ id }) => id).filter((id) => id !== site);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** What was so at some moment and must never be, and what the core would not decide again as it did. */
  async wrongs(): Promise<readonly string[]> {
    const found = [...this.worlds.values()].flatMap(({ wrongs }) => [...wrongs]);
    const { entries } = await this.journal.read(keys.audits());
    for (const { key, value } of entries) {
      const entry = decodeOrThrow(AuditEntryWire, value, key);
      const again = replay({ ...entry, evidence: await evidenceOf(this.journal, entry) });
      if (again.outcome !== 'same' && again.outcome !== 'no-decision') {
        found.push(`entry ${entry.sequence} of ${entry.group} is decided otherwise: ${JSON.stringify(again)}`);
      }
    }
    return found;
  }

  #see(view: GroupView): void {
    const settings = settingsOf(this.topology, view.group);
    const voters = this.topology.sites.map(({ id }) => id);
    const votes = view.votes.map(({ value }) => value);
    for (const verdict of verdictsOf(votes, voters, settings, view.state.knownAs)) this.transcript.verdict(verdict);
  }

  #witness(changes: readonly Change[]): void {
    this.#tellResources();
    this.#wakeLeaders(changes);
    for (const change of changes) {
      if (change.kind !== 'put' || !change.key.startsWith(keys.audits())) continue;
      this.transcript.entry(decodeOrThrow(AuditEntryWire, change.value, change.key));
    }
  }

  /** Behind what was copied of the first partition, in every flow out of a site. */
  strand(site: SiteId, records: number): void {
    for (const { id: group, topics } of this.topology.groups) {
      const ranges = topics.slice(0, 1).map((topic) => ({ topic, partition: 0, from: 100, to: 100 + records }));
      const { flows } = settingsOf(this.topology, group).shape;
      for (const { id, from } of flows) if (from === site) this.worlds.get(group)?.strand(id, { records, ranges });
    }
  }

  /** Somebody else's tool has left its mark beside every name, which was never stamped. */
  async claimNames(owner: string): Promise<void> {
    for (const { id: group, traffic, sites } of this.topology.groups) {
      for (const { name } of traffic) {
        for (const site of sites) {
          const owners = [{ name: owner, at: `_owner.${name}`, isAdopted: false }];
          const report = nameReport(name, { group, site, owners, epoch: NEVER_STAMPED });
          const put = { kind: 'put', key: keys.nameReport(group, name, site), value: JSON.stringify(report) } as const;
          await this.journal.commit({ conditions: [], changes: [put] });
        }
      }
    }
  }

  /** Nothing takes writes where there is no power; what was stored is there again with it. */
  power(name: string, isOn: boolean): void {
    for (const { id: group, sites } of this.topology.groups) {
      const site = sites.find((each) => each === name);
      const resource = site && this.worlds.get(group)?.get(resourceKey({ kind: 'write-access', group, site }));
      if (!site || !resource) continue;
      if (!isOn) this.#stored.set(resource.key, resource.held.value as WriteAccess);
      const stored = this.#stored.get(resource.key) ?? 'none';
      this.#setAccess(group, site, isOn ? stored : 'none', isOn ? 'as it was stored' : 'it has no power');
    }
  }

  #setAccess(...[group, site, access, why]: Parameters<SetAccess>): void {
    const resource = this.worlds.get(group)?.get(resourceKey({ kind: 'write-access', group, site }));
    if (!resource || resource.held.value === access) return;
    this.#tellResources();
    this.transcript.tell(`write-access ${site}: ${valueText(resource.held.value)} → ${access}: ${why}`, group);
    resource.set(access, resource.held.epoch);
    resource.past.push(resource.held);
    this.#known.set(resource.key, resource.past.length);
  }

  /** What the resources went through since it was last told. A seal changes no value. */
  #tellResources(): void {
    for (const [group, world] of this.worlds) {
      for (const { key, past } of world.resources.values()) {
        for (let at = this.#known.get(key) ?? 1; at < past.length; at++) {
          const [before, now] = [past[at - 1], past[at]];
          const [was, is] = [valueText(before?.value), valueText(now?.value)];
          if (was !== is)
            this.transcript.tell(`${this.#named(key, group)}: ${was} → ${is} under epoch ${now?.epoch}`, group);
        }
        this.#known.set(key, past.length);
      }
    }
  }

  /** As the journal's watch does: whoever leads a group is woken when a step of its run is reported. */
  #wakeLeaders(changes: readonly Change[]): void {
    const moved = new Set<string>();
    for (const { key, ...change } of changes) {
      if (!key.startsWith(keys.runs())) continue;
      const run = key.slice(keys.runs().length).split('/')[0] ?? '';
      if (key.endsWith('/run') && 'value' in change) {
        this.#groupOfRun.set(run, decodeOrThrow(RunWire, change.value, key).plan.group);
      }
      moved.add(this.#groupOfRun.get(run) ?? '');
    }
    for (const site of this.sites.values()) for (const group of moved) site.wake(group);
  }

  #named(key: string, group: string): string {
    return key.replace(`/${group}`, '').replace('/', ' ');
  }
}
