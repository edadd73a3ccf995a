import type { SiteId } from '#libs/domain';
import { ApiServer, credentialsBy, type Environment } from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import { findSite, hostAndPort, type Topology } from '#libs/topology';
import { HeldConnections } from '../fence/held-connections.js';
import { FencePolicy } from './fence-policy.js';
import type { PolicySettings } from './policy-object.js';
import { PolicyListenerSwitch } from './policy.listener-switch.js';

/** The NetworkPolicy of a site that has one, at the API server that keeps it. */
export class PolicyFences {
  readonly #settings: PolicySettings | undefined;
  readonly #api: ApiServer | undefined;
  readonly #held: HeldConnections;

  constructor(
    private readonly topology: Topology,
    private readonly site: SiteId,
    private readonly clock: Clock,
    environment: Environment,
  ) {
    this.#settings = findSite(topology, site).fencePolicy;
    const options = { callTimeoutMs: topology.policy.requestTimeoutMs };
    this.#api = this.#settings && new ApiServer(credentialsBy(this.#settings.access, environment), clock, options);
    this.#held = new HeldConnections(this.#listeners, clock);
  }

  /** Undefined where the site has none; `timeoutMs` is for the API server, and again for the network. */
  listener(timeoutMs: number): PolicyListenerSwitch | undefined {
    if (!this.#settings || !this.#api) return undefined;
    const { installation } = this.topology;
    const policy = new FencePolicy(this.#api, this.#settings, { installation, site: this.site });
    return new PolicyListenerSwitch(policy, this.#listeners, this.#held, this.clock, timeoutMs);
  }

  async close(): Promise<void> {
    this.#held.close();
    await this.#api?.close();
  }

  get #listeners() {
    const here = this.topology.clusters.filter(({ site }) => site === this.site);
    return here.flatMap(({ bootstrap, tls }) =>
      bootstrap.map((address) => ({ ...hostAndPort(address), isTls: tls !== undefined })),
    );
  }
}
