import { messageOf } from '#libs/domain';
import type { Clock } from '#libs/runtime';

/** Orchestrators say something at least every 5 s; one that is silent for longer is dead or frozen. */
const SILENT_AFTER_MS = 6_000;
const CONNECT_TIMEOUT_MS = 1_000;
const RETRY_MS = 200;

export interface StreamedEvent {
  readonly kind: string;
  readonly data: unknown;
}

export interface EventStreamOptions {
  /** In the order in which they are tried. */
  readonly endpoints: readonly string[];
  readonly token: string;
  readonly clock: Clock;
  readonly onEvent: (event: StreamedEvent) => void;
  /** Told where the events come from, whenever that changes. */
  readonly onSource: (text: string) => void;
}

/** Reads the events of one orchestrator after the other, until `stop` aborts. */
export const followEvents = async (options: EventStreamOptions, stop: AbortSignal): Promise<void> => {
  const { endpoints, clock, onSource } = options;
  for (let turn = 0; !stop.aborted; turn += 1) {
    const endpoint = endpoints[turn % endpoints.length] ?? '';
    try {
      await readEvents(endpoint, options, stop);
    } catch (error) {
      if (!stop.aborted) onSource(`lost ${endpoint}: ${messageOf(error)}`);
    }
    await clock.sleep(RETRY_MS, stop);
  }
};

const readEvents = async (endpoint: string, options: EventStreamOptions, stop: AbortSignal): Promise<void> => {
  const silence = new AbortController();
  let heardAtMs = options.clock.monotonicMs();
  const response = await fetch(new URL('/v1/events', endpoint), {
    headers: { authorization: `Bearer ${options.token}`, accept: 'text/event-stream' },
    signal: AbortSignal.any([stop, silence.signal]),
  });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${response.statusText}`);
  options.onSource(`events from ${endpoint}`);
  const stopWatching = options.clock.every(CONNECT_TIMEOUT_MS, () => {
    if (options.clock.monotonicMs() - heardAtMs > SILENT_AFTER_MS) silence.abort(new Error('it fell silent'));
    return Promise.resolve();
  });
  try {
    const parser = new EventParser();
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      heardAtMs = options.clock.monotonicMs();
      for (const event of parser.push(chunk)) options.onEvent(event);
    }
  } finally {
    stopWatching();
  }
};

/** Server-sent events out of pieces of text. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventParser {
  private rest = '';

  push(chunk: string): StreamedEvent[] {
    const frames = (this.rest + chunk).replaceAll('\r\n', '\n').split('\n\n');
    this.rest = frames.pop() ?? '';
    return frames.flatMap((frame) => {
      const fields = frame.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line) ?? []);
      const text = fields.filter(([, name]) => name === 'data').map(([, , value]) => value);
      const kind = fields.find(([, name]) => name === 'event')?.[2] ?? 'message';
      return text.length > 0 ? [{ kind, data: JSON.parse(text.join('\n')) as unknown }] : [];
    });
  }
}
