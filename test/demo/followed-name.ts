import { Resolver } from 'node:dns/promises';
import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { follow, type Session, type Whereabouts } from './follow.js';

const ASK_TIMEOUT_MS = 300;

/** A DNS name as an application follows it: asked again when its answer is too old, and after every error. */
export class FollowedName {
  constructor(
    readonly name: string,
    private readonly servers: readonly string[],
    private readonly clock: Clock,
  ) {}

  /** The first server that answers wins; a dead or frozen one costs a moment. */
  async ask(): Promise<Whereabouts> {
    for (const server of this.servers) {
      const [answer] = await askServer(server, this.name).catch(() => []);
      if (answer) return { address: answer.address, ttlMs: answer.ttl * 1_000 };
    }
    throw new UnavailableError(`no name server of ${this.servers.join(', ')} has an address for ${this.name}`);
  }

  /** Opens one session after the other, always where the name points to, until `stop` aborts. */
  follow(stop: AbortSignal, session: Session): Promise<void> {
    return follow(() => this.ask(), this.clock, stop, session);
  }
}

export const askServer = (server: string, name: string, timeoutMs = ASK_TIMEOUT_MS) => {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  resolver.setServers([server]);
  return resolver.resolve4(name, { ttl: true });
};
