import { java } from './java.js';
import { type KafkaSite, type Layout, PORTS } from './layout.js';
import { accepts, type Command, type Part, properties, READY_WITHIN_MS } from './part.js';
import type { RunDirectory } from './run-directory.js';

/** What elects the controller of a broker that has none of its own. It comes with the jars of the last 3.x releases. */
export class ZookeeperPart implements Part {
  readonly name = 'zookeeper';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: PORTS.zookeeper, use: 'ZooKeeper' }];

  constructor(
    readonly site: KafkaSite,
    private readonly layout: Layout,
    private readonly run: RunDirectory,
  ) {}

  prepare(): Promise<Command> {
    const config = {
      dataDir: this.run.folder(this.site, 'zookeeper'),
      clientPort: PORTS.zookeeper,
      clientPortAddress: this.layout.address(this.site),
      'admin.enableServer': false,
    };
    const file = this.run.write(properties(config), this.site, 'zookeeper.properties');
    const main = ['org.apache.zookeeper.server.quorum.QuorumPeerMain', file];
    return Promise.resolve(java(this.run, `${this.site}.zookeeper`, 'none', main));
  }

  probe(): Promise<void> {
    return accepts(this.layout.address(this.site), PORTS.zookeeper);
  }
}
