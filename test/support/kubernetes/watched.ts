import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fetch, type Dispatcher } from 'undici';
import type { Stored } from './stored.js';

/** An API server, and how a stand-in reaches it. */
export interface ApiAccess {
  readonly url: string;
  /** For a server with certificates. */
  readonly dispatcher?: Dispatcher;
}

export interface ChangeEvent {
  readonly type: string;
  readonly object: Stored;
}

/** What a controller does at an API server, until it is stopped: list, watch, patch. */
export class WatchedApi {
  readonly #stopped = new AbortController();

  constructor(private readonly access: ApiAccess) {}

  stop(): void {
    this.#stopped.abort();
  }

  get isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Undefined when it is not there. */
  async find(path: string): Promise<Stored | undefined> {
    const answer = await this.#ask(path);
    const object = (await answer.json()) as Stored;
    return answer.ok ? object : undefined;
  }

  async create(path: string, object: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await this.#ask(path, { method: 'POST', body: JSON.stringify(object), headers });
  }

  async list(path: string): Promise<{ readonly items: readonly Stored[]; readonly version: string }> {
    const answer = await this.#ask(path);
    const list = (await answer.json()) as { items?: Stored[]; metadata: { resourceVersion: string } };
    return { items: list.items ?? [], version: list.metadata.resourceVersion };
  }

  /** Everything after `version`, until the connection ends. The watch is there when this returns. */
  async watch(path: string, version: string): Promise<AsyncIterable<ChangeEvent>> {
    const answer = await this.#ask(`${path}?watch=true&resourceVersion=${version}`);
    return eventsOf(Readable.fromWeb(answer.body as never));
  }

  async merge(path: string, manager: string, body: object): Promise<void> {
    const answer = await this.#ask(`${path}?fieldManager=${manager}`, {
      method: 'PATCH',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    await answer.text();
  }

  async #ask(path: string, init: { method?: string; body?: string; headers?: Record<string, string> } = {}) {
    const { url, dispatcher } = this.access;
    return fetch(`${url}/${path}`, { ...init, signal: this.#stopped.signal, ...(dispatcher && { dispatcher }) });
  }
}

async function* eventsOf(stream: Readable): AsyncIterable<ChangeEvent> {
  for await (const line of createInterface({ input: stream })) yield JSON.parse(line) as ChangeEvent;
}
