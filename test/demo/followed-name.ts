import { Resolver } from 'node:dns/promises';
import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';

const ASK_TIMEOUT_MS = 300;
/** After an error, before the name is asked again. */
const PAUSE_MS = 100;

/** A session at one address: ends when `leave` aborts, or throws when something went wrong. */
export type Session = (address: string, leave: AbortSignal) => Promise<void>;

/** A DNS name as an application follows it: asked again when its answer is too old, and after every error. */
export class FollowedName {
  constructor(
    readonly name: string,
    private readonly servers: readonly string[],
    private readonly clock: Clock,
  ) {}

  /** The first server that answers wins; a dead or frozen one costs a moment. */
  async ask(): Promise<{ readonly address: string; readonly ttlMs: number }> {
    for (const server of this.servers) {
      const [answer] = await askServer(server, this.name).catch(() => []);
      if (answer) return { address: answer.address, ttlMs: answer.ttl * 1_000 };
    }
    throw new UnavailableError(`no name server of ${this.servers.join(', ')} has an address for ${this.name}`);
  }

  /** Opens one session after the other, always where the name points to, until `stop` aborts. */
  async follow(stop: AbortSignal, session: Session): Promise<void> {
    while (!stop.aborted) {
      try {
        await this.stay(stop, session);
      } catch {
        // Whatever went wrong, the answer is the same: ask again where the service is.
        await this.clock.sleep(PAUSE_MS, stop);
      }
    }
  }

  /** One session, for as long as the name points there. */
  private async stay(stop: AbortSignal, session: Session): Promise<void> {
    const { address, ttlMs } = await this.ask();
    const moved = new AbortController();
    const stopAsking = this.clock.every(ttlMs, async () => {
      const now = await this.ask().catch(() => undefined);
      if (now && now.address !== address) moved.abort();
    });
    try {
      await session(address, AbortSignal.any([stop, moved.signal]));
    } finally {
      stopAsking();
    }
  }
}

export const askServer = (server: string, name: string) => {
  const resolver = new Resolver({ timeout: ASK_TIMEOUT_MS, tries: 1 });
  resolver.setServers([server]);
  return resolver.resolve4(name, { ttl: true });
};
