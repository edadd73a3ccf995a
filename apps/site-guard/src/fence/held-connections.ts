import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { BrokerAddress } from '#libs/kafka';
import type { Clock } from '#libs/runtime';

const CONNECT_WITHIN_MS = 200;
/** A byte is acknowledged by the other machine's kernel, also where the broker itself is frozen. */
const ACKNOWLEDGED_WITHIN_MS = 200;
const LOOK_AGAIN_MS = 20;
/** Beginnings of something of 4096 bytes, which the broker waits for: the size of a request, or the header of a TLS record. */
const PLAIN = [0, 0, 0x10, 0];
const TLS = [0x16, 3, 3, 0x10, 0];
/** A connection is renewed before what it began is whole. */
const SENT_MAX = 4_000;

export interface HeldListener extends BrokerAddress {
  readonly isTls: boolean;
}

/** Bytes that the kernel sent and nobody has acknowledged; undefined: there is no such connection any more. */
export type Unacknowledged = (localPort: number, remotePort: number) => Promise<number | undefined>;

interface Held {
  readonly socket: Socket;
  readonly isTls: boolean;
  sent: number;
}

/**
 * Connections to client listeners that are open before a fence closes them, as those of clients are. What a network
 * does with connections that are open already is its own affair, so it is tried on these.
 */
export class HeldConnections {
  readonly #held = new Map<HeldListener, Held>();
  #opening: Promise<unknown> | undefined;
  #isClosed = false;

  constructor(
    private readonly listeners: readonly HeldListener[],
    private readonly clock: Clock,
    private readonly unacknowledged: Unacknowledged = unacknowledgedHere,
  ) {}

  /** Opens those that are missing, as far as they are accepted. */
  async keep(): Promise<void> {
    this.#opening ??= Promise.all(this.listeners.map((listener) => this.#open(listener))).finally(
      () => (this.#opening = undefined),
    );
    await this.#opening;
  }

  /** Whether any of them still carries a byte to the other end. */
  async carry(): Promise<boolean> {
    const answers = await Promise.all([...this.#held].map((each) => this.#carries(...each)));
    return answers.includes(true);
  }

  /** For good: what is being opened at this moment is not kept either. */
  close(): void {
    this.#isClosed = true;
    for (const { socket } of this.#held.values()) socket.destroy();
    this.#held.clear();
  }

  async #open(listener: HeldListener): Promise<void> {
    if (this.#isClosed) return;
    const before = this.#held.get(listener);
    if (before && !before.socket.destroyed && before.sent < SENT_MAX) return;
    before?.socket.destroy();
    const socket = connect({ host: listener.host, port: listener.port, noDelay: true }).unref();
    const held: Held = { socket, isTls: listener.isTls, sent: 0 };
    const ended = new AbortController();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => {
      if (this.#held.get(listener) === held) this.#held.delete(listener);
    });
    // Answers to a request that is never whole there are none; read, so that the other end's close is noticed.
    socket.resume();
    void this.clock.sleep(CONNECT_WITHIN_MS, ended.signal).then(() => resolve(false));
    const isOpen = await promise;
    ended.abort();
    if (isOpen && !this.#isClosed) this.#held.set(listener, held);
    else socket.destroy();
  }

  async #carries(listener: HeldListener, held: Held): Promise<boolean> {
    const { localPort, remotePort } = held.socket;
    if (localPort === undefined || remotePort === undefined) return this.#isGone(listener, held);
    // What was sent earlier and has not arrived is question enough.
    if ((await this.unacknowledged(localPort, remotePort)) === 0) {
      const byte = (held.isTls ? TLS : PLAIN)[held.sent] ?? 0;
      held.sent += 1;
      held.socket.write(Buffer.of(byte));
    }
    const endsAtMs = this.clock.monotonicMs() + ACKNOWLEDGED_WITHIN_MS;
    while (this.clock.monotonicMs() < endsAtMs) {
      const left = await this.unacknowledged(localPort, remotePort);
      if (left === undefined) return this.#isGone(listener, held);
      if (left === 0) return true;
      await this.clock.sleep(LOOK_AGAIN_MS);
    }
    return false;
  }

  /** The kernel knows already that it ended; we may be told later. */
  #isGone(listener: HeldListener, { socket }: Held): false {
    socket.destroy();
    this.#held.delete(listener);
    return false;
  }
}

const ESTABLISHED = '01';

/** As Linux tells it of the sockets of this network namespace: `tx_queue` of /proc/net/tcp. */
async function unacknowledgedHere(localPort: number, remotePort: number): Promise<number | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((each) => readFile(`/proc/self/net/${each}`, 'utf8')));
  for (const line of tables.join('\n').split('\n')) {
    const [, local = '', remote = '', state, queues = ''] = line.trim().split(/\s+/);
    if (portIn(local) !== localPort || portIn(remote) !== remotePort || state !== ESTABLISHED) continue;
    return Number.parseInt(queues, 16);
  }
  return undefined;
}

const portIn = (address: string): number => Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
