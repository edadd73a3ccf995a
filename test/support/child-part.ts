import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A real part that one test starts and ends by itself; the lab is for whole sites. */
export class ChildPart {
  #log = '';

  private constructor(
    private readonly command: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#log = (this.#log + chunk.toString()).slice(-4_000)));
    }
  }

  static start(command: string, args: readonly string[]): ChildPart {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    process.once('exit', () => child.kill('SIGKILL'));
    child.on('error', () => undefined);
    return new ChildPart(command, child);
  }

  /** @throws Error with the last lines of the part's log when it ended or is not ready in time. */
  async ready(isReady: () => Promise<boolean>, pause: () => Promise<void>, attempts = 200): Promise<void> {
    for (let attempt = 0; !(await isReady()); attempt++) {
      if (attempt === attempts || this.#ended) throw new Error(`${this.command} did not become ready:\n${this.#log}`);
      await pause();
    }
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.#ended) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  get #ended(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
