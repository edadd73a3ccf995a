import { resourceKey, type Epoch, type ResourceRef, type SiteId } from '#libs/domain';
import type { Policy } from '#libs/topology';
import type { Draw } from '../kernel/draw.js';
import { SimClock } from '../kernel/sim-clock.js';
import type { SimProcess } from '../kernel/sim-process.js';
import type { Timeline } from '../kernel/timeline.js';
import { Flow } from './flow.js';
import { A, ADDRESSES, CONFIG, DATA_SITES, FLOWS, NAME, W } from './ground.js';
import { KafkaSite } from './kafka-site.js';
import { NameCaches } from './name-caches.js';
import type { Network } from './network.js';
import { ReachedResource, SimResource, type Deed, type ResourceKind } from './sim-resource.js';

/** Everything that the runs of the group change, and what clients feel of it. Site A is active at first. */
export class World {
  readonly kafkas: ReadonlyMap<SiteId, KafkaSite>;
  readonly resources: ReadonlyMap<string, SimResource>;
  readonly flows: readonly Flow[];
  readonly names: NameCaches;
  onDeed: (deed: Deed) => void = () => undefined;

  constructor(
    timeline: Timeline,
    readonly network: Network,
    draw: Draw,
    private readonly policy: Policy,
  ) {
    const clock = new SimClock(timeline, { hearsTime: (wake) => wake() }, false);
    this.kafkas = new Map(DATA_SITES.map((site) => [site, new KafkaSite(site, clock, policy.requestTimeoutMs)]));
    const around = {
      timeline,
      draw,
      connects: (one: SiteId, other: SiteId) => network.connects(one, other),
      onDeed: (deed: Deed) => this.onDeed(deed),
    };
    const made: SimResource[] = [];
    const add = (ref: ResourceRef, value: unknown, kind: Omit<ResourceKind, 'key'>) => {
      const resource = new SimResource({ key: resourceKey(ref), ...kind }, value, around);
      made.push(resource);
      return resource;
    };
    this.flows = FLOWS.map(({ id, from, to }) => {
      const state = from === A ? 'running' : 'stopped';
      const look: ResourceKind['look'] = (expected) =>
        expected === undefined ? flow.targetEnds() : Promise.resolve(shown(mirror, expected));
      const mirror = add({ kind: 'mirror', flow: id }, state, { place: to, fence: 'weak', look });
      const positions = add({ kind: 'positions', flow: id }, {}, { place: to, fence: 'weak', movesByItself: true });
      [mirror.twin, positions.twin] = [positions, mirror];
      const flow = new Flow(
        { id, from, to },
        () => mirror.held.value === 'running',
        this.kafkaAt(from),
        this.kafkaAt(to),
        network,
        timeline,
      );
      add({ kind: 'backlog', flow: id }, 'empty', {
        place: to,
        fence: 'strong',
        look: (expected, process, signal) => flow.inspect(expected, process, signal),
      });
      return flow;
    });
    for (const site of DATA_SITES)
      add({ kind: 'config', config: CONFIG, site }, { bootstrap: '10.0.0.1:9092' }, { place: site, fence: 'strong' });
    const name = add(
      { kind: 'name', name: NAME },
      { addresses: [...(ADDRESSES[A] ?? [])], ttlSeconds: 5 },
      {
        place: W,
        fence: 'strong',
      },
    );
    this.names = new NameCaches(name, timeline);
    this.resources = new Map(made.map((resource) => [resource.key, resource]));
  }

  kafkaAt(site: SiteId): KafkaSite {
    const kafka = this.kafkas.get(site);
    if (!kafka) throw new Error(`there is no Kafka at ${site}`);
    return kafka;
  }

  get(key: string): SimResource {
    const resource = this.resources.get(key);
    if (!resource) throw new Error(`the world has no ${key}`);
    return resource;
  }

  /** The resources of a worker, as one incarnation of it reaches them. */
  reachedBy(process: SimProcess): (ref: ResourceRef) => ReachedResource | undefined {
    return (ref) => {
      const resource = this.resources.get(resourceKey(ref));
      return resource && new ReachedResource(resource, process, this.policy.requestTimeoutMs);
    };
  }

  /** What every strong resource, and the ACLs of every site, carry. */
  stamps(): ReadonlyMap<string, Epoch | number> {
    return new Map<string, number>([
      ...[...this.resources].map(([key, { held }]) => [key, held.epoch] as const),
      ...[...this.kafkas].map(([site, { stamp }]) => [`write-access/orders/${site}`, stamp] as const),
    ]);
  }
}

const shown = (mirror: SimResource, expected: unknown) => ({
  check: 'connector status',
  observed: String(mirror.held.value),
  holds: mirror.held.value === expected,
});
