import type { Decoded } from '#libs/contracts';
import type { ClusterId } from '#libs/domain';
import type { Stop } from '#libs/runtime';

/** Names one event, whichever cluster it came through. Sequences rise within an incarnation of a source. */
export interface EventIdentity {
  readonly source: string;
  readonly incarnation: string;
  readonly sequence: number;
  /** Who answers for the source, where several sources are one's own; floods are counted by it. */
  readonly origin?: string;
  /** When it says that it happened, on its own wall clock. */
  readonly atMs?: number;
}

export interface Opened<T> {
  readonly event: T;
  readonly identity: EventIdentity;
}

/** One kind of event: its topic, how a reader knows that it is genuine, and how copies of it are recognised. */
export interface Channel<T> {
  readonly topic: string;
  /** Verifies the signature BEFORE anything else looks at the event, de-duplication included. */
  readonly open: (text: string, what: string) => Decoded<Opened<T>>;
}

export type EventListener<T> = (event: T, through: ClusterId) => void | Promise<void>;

/**
 * Port: events over every cluster that can be reached. Each cluster is on its own: a dead one delays neither the others
 * nor the caller, and is back by itself. Events are level-based, so one that cannot be sent now is dropped: the next
 * carries the whole picture. What cannot be reached is reported to the process's Readiness.
 */
export abstract class EventBus {
  /** Hands `body` to every cluster and returns at once. Events of one `key` stay in order within a cluster. */
  abstract publish(topic: string, key: string, body: string): void;

  /** Calls `listener` once per genuine event from now on, whichever clusters it comes through. */
  abstract subscribe<T>(channel: Channel<T>, listener: EventListener<T>): Stop;

  abstract close(): Promise<void>;
}
