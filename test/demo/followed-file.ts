import { readFile } from 'node:fs/promises';
import { ClientConfigWire, decodeOrThrow } from '#libs/contracts';
import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { follow, type Session, type Whereabouts } from './follow.js';

const LOOK_EVERY_MS = 100;
const SETTING = 'bootstrap.servers';

/** A config file as an application follows it: opened again all the time, since a change is another file. */
export class FollowedFile {
  constructor(
    readonly path: string,
    private readonly clock: Clock,
  ) {}

  async ask(): Promise<Whereabouts> {
    const { data } = decodeOrThrow(ClientConfigWire, await readFile(this.path, 'utf8'), this.path);
    const address = data[SETTING];
    if (address === undefined) throw new UnavailableError(`${this.path} has no ${SETTING}`);
    return { address, ttlMs: LOOK_EVERY_MS };
  }

  /** Opens one session after the other, always where the file points to, until `stop` aborts. */
  follow(stop: AbortSignal, session: Session): Promise<void> {
    return follow(() => this.ask(), this.clock, stop, session);
  }
}
