import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { Resolver } from '../../apps/dns-switcher/src/propagation/resolver.js';
import { ChildPart } from './child-part.js';

const ATTEMPT_MS = 1_000;

export interface UnboundOptions {
  readonly directory: string;
  readonly port: number;
  /** It asks only for this zone, and only these servers on loopback. */
  readonly zone: string;
  readonly servers: readonly number[];
  /** Further lines of its `server` section, such as what makes it ignore TTLs. */
  readonly settings?: readonly string[];
}

/** A real caching resolver on 127.0.0.1, as a process of this test. */
export class Unbound {
  private constructor(
    private readonly part: ChildPart,
    readonly address: string,
  ) {}

  /**
   * Returns once it resolves in the zone; the zone's SOA is in its cache then, and nothing else.
   * @throws PortTakenError when somebody else has its port by now
   */
  static async start(options: UnboundOptions): Promise<Unbound> {
    mkdirSync(options.directory, { recursive: true });
    const file = join(options.directory, 'unbound.conf');
    writeFileSync(file, config(options));
    const part = ChildPart.start('unbound', ['-d', '-p', '-c', file]);
    const resolver = new Resolver({ host: '127.0.0.1', port: options.port }, new SystemClock(), new SystemRandom());
    await part.ready(async () => {
      const asked = resolver.ask(options.zone, 'A', AbortSignal.timeout(ATTEMPT_MS));
      return asked.then(
        () => true,
        () => false,
      );
    });
    return new Unbound(part, resolver.address);
  }

  /** Returns once it has exited. */
  end(): Promise<void> {
    return this.part.kill();
  }
}

const config = ({ directory, port, zone, servers, settings = [] }: UnboundOptions): string => `server:
  directory: "${directory}"
  chroot: ""
  username: ""
  pidfile: ""
  interface: 127.0.0.1@${port}
  access-control: 127.0.0.0/8 allow
  do-ip6: no
  use-syslog: no
  logfile: ""
  num-threads: 1
  do-not-query-localhost: no
  module-config: "iterator"
  local-zone: "${zone}" nodefault
${settings.map((setting) => `  ${setting}`).join('\n')}
remote-control:
  control-enable: no
stub-zone:
  name: "${zone}"
${servers.map((server) => `  stub-addr: 127.0.0.1@${server}`).join('\n')}
  stub-first: no
`;
