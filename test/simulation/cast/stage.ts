import { keyringOf } from '#libs/contracts';
import type { Settings } from '#libs/decision';
import type { SiteId } from '#libs/domain';
import type { Topology } from '#libs/topology';
import { settingsOf } from '../../../apps/orchestrator/src/group/group-settings.js';
import { Draw } from '../kernel/draw.js';
import { Timeline } from '../kernel/timeline.js';
import { GROUP, SITES, topologyFor, type Terms } from '../world/ground.js';
import { Network } from '../world/network.js';
import { SimEtcd } from '../world/sim-journal.js';
import { SimRedis } from '../world/sim-redis.js';
import { World } from '../world/world.js';

/** What processes stand on: time, network, the journal, the queues and what runs change. Nothing of it runs by itself. */
export class Stage {
  readonly timeline = new Timeline();
  readonly network = new Network();
  readonly topology: Topology;
  readonly settings: Settings;
  readonly keyring: ReturnType<typeof keyringOf>;
  readonly etcd: SimEtcd;
  readonly world: World;
  readonly queues: ReadonlyMap<SiteId, SimRedis>;
  /** Of ids and jitters of all processes. */
  readonly draw: Draw;

  constructor(
    readonly seed: number,
    readonly terms: Terms,
  ) {
    const drawn = (stream: string) => new Draw(seed, stream);
    this.topology = topologyFor(terms);
    this.settings = settingsOf(this.topology, GROUP);
    this.keyring = keyringOf(this.topology);
    this.draw = drawn('p');
    this.etcd = new SimEtcd(this.timeline, this.network, drawn('e'));
    this.world = new World(this.timeline, this.network, drawn('w'), this.topology.policy);
    this.queues = new Map(SITES.map((site) => [site, new SimRedis(this.timeline, drawn(`q${site}`))]));
  }

  get policy(): Topology['policy'] {
    return this.topology.policy;
  }
}
