import { SignalboxError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { z } from 'zod';
import type { ApiServer } from './api-server.js';
import { KubernetesForbiddenError } from './errors.js';

/** Between two watches of one object, so that a server that refuses or is down is not overrun. */
const AGAIN_MS = 2_000;
/** Where it is not allowed: a Role changes seldom, and asking costs as much as what the watch was to spare. */
const FORBIDDEN_AGAIN_MS = 300_000;
/** The API server says once a minute that it is there. */
const QUIET_FOR_MS = 90_000;

const Event = z.looseObject({
  type: z.string(),
  object: z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string().optional() }).optional() }),
});

/** One object of a collection, as paths of the API server have it. */
export interface WatchedObject {
  /** For messages: `ConfigMap orders/clients`. */
  readonly what: string;
  /** `/api/v1/namespaces/orders/configmaps` */
  readonly collection: string;
  readonly name: string;
}

/**
 * What the API server tells of one object without being asked, so that whoever looks again and again need not ask. It starts
 * anew with what is there, however it ended: nothing is missed in between. Where watching is not allowed it knows nothing.
 */
export class ObjectWatch {
  readonly #stopped = new AbortController();
  #isStarted = false;
  #version: string | undefined;
  #heardAtMs = -Infinity;

  constructor(
    private readonly object: WatchedObject,
    private readonly api: ApiServer,
    private readonly clock: Clock,
  ) {}

  /** Whether the object still has this resourceVersion. The first call starts the watch, and knows nothing yet. */
  isStillAt(version: string): boolean {
    if (!this.#isStarted) {
      this.#isStarted = true;
      void this.#follow();
    }
    return this.#version === version && this.clock.monotonicMs() - this.#heardAtMs < QUIET_FOR_MS;
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped;
    const { what, collection, name } = this.object;
    while (!signal.aborted) {
      let againMs = AGAIN_MS;
      try {
        const query = { fieldSelector: `metadata.name=${name}`, allowWatchBookmarks: 'true' };
        for await (const event of this.api.watch(what, collection, signal, query)) this.#note(event);
      } catch (error) {
        if (!(error instanceof SignalboxError)) throw error;
        if (error instanceof KubernetesForbiddenError) againMs = FORBIDDEN_AGAIN_MS;
      }
      this.#version = undefined;
      await this.clock.sleep(againMs, signal);
    }
  }

  /** A bookmark is of the collection: it says that nothing has happened. */
  #note(told: unknown): void {
    const event = Event.safeParse(told);
    const version = event.data?.object.metadata?.resourceVersion;
    this.#heardAtMs = this.clock.monotonicMs();
    if (event.data?.type !== 'BOOKMARK') {
      const isThere = event.data?.type === 'ADDED' || event.data?.type === 'MODIFIED';
      this.#version = isThere ? version : undefined;
    }
  }
}
