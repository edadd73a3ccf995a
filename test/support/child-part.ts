import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { SystemClock } from '#libs/runtime';
import { PortTakenError } from './free-port.js';

/** A guard against a part that never comes, no statement about how fast it is. */
const READY_WITHIN_MS = 60_000;
const POLL_MS = 20;
const LOG_CHARACTERS = 4_000;
const PORT_TAKEN = /address (already )?in use/i;
const clock = new SystemClock();

/** A real part that one test starts and ends by itself; the lab is for whole sites. Dies with the process of the test. */
export class ChildPart {
  #log = '';
  readonly #closed: Promise<unknown>;

  private constructor(
    private readonly command: string,
    private readonly child: ChildProcess,
  ) {
    const note = (text: string) => (this.#log = (this.#log + text).slice(-LOG_CHARACTERS));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => note(chunk.toString()));
    child.on('error', ({ message }) => note(message));
    this.#closed = new Promise((resolve) => child.once('close', resolve));
  }

  static start(command: string, args: readonly string[]): ChildPart {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ChildPart(command, child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Returns when it serves. One that does not, or not on all of its ports, is ended.
   * @throws PortTakenError when somebody else has one of its ports
   * @throws Error with the last lines of the part's log when it ended or is not ready in time
   */
  async ready(isReady: () => Promise<boolean>): Promise<void> {
    const sinceMs = clock.monotonicMs();
    while (!(await isReady())) {
      const isTooLate = clock.monotonicMs() - sinceMs > READY_WITHIN_MS;
      if (this.#hasEnded || this.#isPortTaken || isTooLate) throw await this.#failure();
      await clock.sleep(POLL_MS);
    }
    // A name server goes on with the one of its two protocols that it has.
    if (this.#isPortTaken) throw await this.#failure();
  }

  /** Returns once it has stopped: the signal arrives a little after it was sent. */
  async freeze(): Promise<void> {
    this.child.kill('SIGSTOP');
    while (!this.#hasEnded && !/^State:\tT/m.test(readFileSync(`/proc/${this.pid}/status`, 'utf8')))
      await clock.sleep(1);
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Returns once it has exited. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  async #failure(): Promise<Error> {
    await this.kill();
    await this.#closed;
    const text = `${this.command} did not become ready:\n${this.#log}`;
    return this.#isPortTaken ? new PortTakenError(text) : new Error(text);
  }

  get #isPortTaken(): boolean {
    return PORT_TAKEN.test(this.#log);
  }

  get #hasEnded(): boolean {
    return this.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
