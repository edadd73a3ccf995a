import { messageOf, SignalboxError } from '#libs/domain';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { Journal, LeaseId, Snapshot } from './journal.js';
import { keys } from './keys.js';
import type { Announcement } from './members.js';
import { raiseSchema, schemaIn, still } from './schema.js';

const COMPONENT = 'journal schema';

export interface MembershipPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly readiness: Readiness;
  /** Whether it also puts a newer schema in force once everybody knows it: what orchestrators do. */
  readonly raises?: boolean;
}

/**
 * Announces which versions this process knows, for as long as it runs, and says whether it may write: not before the
 * others can know of it, and never in a journal that has moved on to a schema it does not know.
 */
export class Membership {
  #lease: LeaseId | undefined;
  #mayWrite = false;
  #stopBeats: Stop = () => undefined;

  constructor(
    private readonly ports: MembershipPorts,
    private readonly self: Announcement,
    private readonly ttlMs: number,
  ) {}

  start(): void {
    this.#stopBeats = this.ports.clock.every(this.ttlMs / 3, () => this.#beat());
  }

  /** Stays as it was while the journal cannot be asked: then nothing can be written anyway. */
  get mayWrite(): boolean {
    return this.#mayWrite;
  }

  /** Best effort: the announcement ends by itself otherwise. */
  async stop(): Promise<void> {
    this.#stopBeats();
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease !== undefined) await this.ports.journal.revokeLease(lease).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    try {
      await this.#renewOrAnnounce();
      if (this.ports.raises && this.#mayWrite) await raiseSchema(this.ports.journal);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.ports.readiness.missing(COMPONENT, `Nobody can know which versions we know: ${messageOf(error)}`);
    }
  }

  async #renewOrAnnounce(): Promise<void> {
    const { journal, readiness } = this.ports;
    const snapshot = await journal.read(keys.schema(), keys.member(this.self.process));
    const inForce = schemaIn(snapshot);
    this.#mayWrite &&= inForce <= this.self.schema;
    if (inForce > this.self.schema) {
      const remedy = 'start the version that the other processes have';
      readiness.missing(
        COMPONENT,
        `The journal has schema ${inForce}, and we know ${this.self.schema}: ${remedy}`,
        'blocked',
      );
      return;
    }
    const isAnnounced = snapshot.entries.some(({ key }) => key === keys.member(this.self.process));
    if (isAnnounced && this.#lease !== undefined && (await journal.renewLease(this.#lease))) return this.#announced();
    if (await this.#announce(snapshot)) this.#announced();
  }

  #announced(): void {
    this.#mayWrite = true;
    this.ports.readiness.ready(COMPONENT);
  }

  /** In one commit with the schema it was compared with: nobody raises it unnoticed. */
  async #announce(snapshot: Snapshot): Promise<boolean> {
    const { journal } = this.ports;
    const lease = await journal.grantLease(this.ttlMs);
    const { committed } = await journal.commit({
      conditions: [still(keys.schema(), snapshot)],
      changes: [
        { kind: 'put', key: keys.member(this.self.process), value: JSON.stringify(this.self), lease },
        { kind: 'put', key: keys.announced(), value: this.self.process },
      ],
    });
    if (committed) this.#lease = lease;
    return committed;
  }
}
