import type { SigningKey } from '#libs/contracts';
import type { ProcessId, SiteId } from '#libs/domain';
import type { Topology } from '#libs/topology';

/** Which process this is, and the topology it runs by. */
export class ThisProcess {
  readonly site: SiteId;
  readonly process: ProcessId;
  readonly topology: Topology;
  readonly topologyHash: string;
  /** Signs what this site says. */
  readonly signingKey: SigningKey;

  constructor(identity: Readonly<Omit<ThisProcess, 'voters'>>) {
    ({
      site: this.site,
      process: this.process,
      topology: this.topology,
      topologyHash: this.topologyHash,
      signingKey: this.signingKey,
    } = identity);
  }

  /** Every site has a voice on every cluster. */
  get voters(): readonly SiteId[] {
    return this.topology.sites.map(({ id }) => id);
  }
}
