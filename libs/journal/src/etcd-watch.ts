import type { Clock, Stop } from '#libs/runtime';
import type { WebSocket } from 'undici';
import { refusalOf, TokenRefused } from './etcd-errors.js';
import type { EtcdGateway } from './etcd-gateway.js';
import { range, revisionOf, watchEventOf, type WatchReply } from './etcd-wire.js';
import type { Revision, WatchEvent, WatchListener } from './journal.js';

/**
 * Why a stream ended: `gap` when history was compacted, `refused` when the member does not let us in, `lost` for
 * everything that another stream can mend.
 */
type StreamEnd = 'gap' | 'refused' | 'lost';

/**
 * One watch across members and reconnects. The stream is the gateway's WebSocket, because only there can progress be
 * asked for: the answer proves that the stream lives and that everything up to its revision has been delivered, which
 * is where the next stream resumes.
 */
export class EtcdWatch {
  readonly #stopped = new AbortController();
  #delivered: Revision;

  constructor(
    private readonly name: string,
    after: Revision,
    private readonly listener: WatchListener,
    private readonly gateway: EtcdGateway,
    private readonly clock: Clock,
    /** A stream that owes an answer for longer is given up. */
    private readonly timeoutMs: number,
  ) {
    this.#delivered = after;
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { members } = this.gateway;
    while (!this.#stopped.signal.aborted) {
      const endpoint = members.inOrder()[0] ?? '';
      const end = await this.#open(endpoint);
      if (this.#stopped.signal.aborted) return;
      if (end === 'gap') return this.listener.onGap();
      if (end === 'lost') members.missed(endpoint);
      const alone = members.inOrder()[0] === endpoint;
      if (alone) await this.clock.sleep(this.timeoutMs / 2, this.#stopped.signal);
    }
  }

  async #open(endpoint: string): Promise<StreamEnd> {
    // Without a login there is no stream; whoever asks the journal for something says why.
    const stream = await this.gateway.watch(endpoint).catch(() => undefined);
    if (!stream) return 'refused';
    const { socket, token } = stream;
    if (this.#stopped.signal.aborted) {
      socket.close();
      return 'lost';
    }
    const end = await this.#follow(endpoint, socket);
    if (end === 'refused') await this.gateway.loginAgain(token);
    return end;
  }

  #follow(endpoint: string, socket: WebSocket): Promise<StreamEnd> {
    const { members, cluster } = this.gateway;
    let owedSinceMs: number | undefined = this.clock.monotonicMs();
    let termWhenAsked = cluster.term;
    let stopBeats: Stop = () => undefined;

    return new Promise<StreamEnd>((resolve) => {
      const stop = () => end('lost');
      const end = (how: StreamEnd) => {
        this.#stopped.signal.removeEventListener('abort', stop);
        stopBeats();
        socket.onmessage = socket.onopen = socket.onclose = socket.onerror = null;
        socket.close();
        resolve(how);
      };
      const beat = async () => {
        const nowMs = this.clock.monotonicMs();
        if (members.shouldLeave(endpoint)) return end('lost');
        if (owedSinceMs !== undefined) return nowMs - owedSinceMs > this.timeoutMs ? end('lost') : undefined;
        owedSinceMs = nowMs;
        termWhenAsked = cluster.term;
        socket.send(JSON.stringify({ progress_request: {} }));
      };

      this.#stopped.signal.addEventListener('abort', stop);
      socket.onopen = () => socket.send(JSON.stringify(this.#createRequest()));
      socket.onclose = () => end('lost');
      socket.onerror = () => end('lost');
      socket.onmessage = ({ data }) => {
        owedSinceMs = undefined;
        const reply = JSON.parse(String(data)) as WatchReply;
        const isDoubtful = cluster.doubt(endpoint, reply.result?.header, termWhenAsked) !== undefined;
        const ended = isDoubtful ? 'lost' : this.#take(reply);
        if (ended) end(ended);
      };
      stopBeats = this.clock.every(this.timeoutMs / 2, beat);
    });
  }

  #createRequest(): object {
    return { create_request: { ...range(this.name), start_revision: String(this.#delivered + 1) } };
  }

  #take({ result }: WatchReply): StreamEnd | undefined {
    if (!result || result.canceled) return endOf(result);
    if (result.created) return undefined;
    if (result.events) return this.#deliver(result.events.map(watchEventOf));
    // Progress: the member sends it only when everything up to this revision has been sent.
    this.#delivered = Math.max(this.#delivered, revisionOf(result.header)) as Revision;
    return undefined;
  }

  /** While catching up, the header names the member's revision and not the last one sent: the events count. */
  #deliver(events: readonly WatchEvent[]): undefined {
    this.#delivered = Math.max(this.#delivered, ...events.map(revisionOfEvent)) as Revision;
    this.listener.onEvents(events);
  }
}

const endOf = (result: WatchReply['result']): StreamEnd => {
  if (result?.compact_revision) return 'gap';
  return refusalOf('', undefined, result?.cancel_reason ?? '') instanceof TokenRefused ? 'refused' : 'lost';
};

const revisionOfEvent = (event: WatchEvent): Revision => (event.kind === 'put' ? event.entry.revision : event.revision);
