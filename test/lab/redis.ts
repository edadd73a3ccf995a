import { type KafkaSite, type Layout, PORTS } from './layout.js';
import { accepts, type Command, type Part, READY_WITHIN_MS } from './part.js';
import type { RunDirectory } from './run-directory.js';

export class RedisPart implements Part {
  readonly name = 'redis';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: PORTS.redis, use: 'Redis' }];

  constructor(
    readonly site: KafkaSite,
    private readonly layout: Layout,
    private readonly run: RunDirectory,
  ) {}

  prepare(): Promise<Command> {
    const address = this.layout.address(this.site);
    const options = {
      port: PORTS.redis,
      bind: address,
      // Pods are not of this machine, as it sees them, and it has no password.
      'protected-mode': 'no',
      dir: this.run.folder(this.site, 'redis'),
      appendonly: 'yes',
      appendfsync: 'everysec',
      save: '',
      'maxmemory-policy': 'noeviction',
      daemonize: 'no',
    };
    return Promise.resolve({
      file: 'redis-server',
      args: Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]),
    });
  }

  probe(): Promise<void> {
    return accepts(this.layout.address(this.site), PORTS.redis);
  }
}
