import { once } from 'node:events';
import { connect } from 'node:net';
import { SystemClock } from '#libs/runtime';
import { ChildPart } from './child-part.js';
import { freePort } from './free-port.js';

const clock = new SystemClock();

/** A Redis of its own on a free loopback port, for one test. Keeps nothing when it is killed. */
export class RealRedis {
  #part: ChildPart | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RealRedis> {
    const redis = new RealRedis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = { port: String(this.port), bind: '127.0.0.1', save: '', appendonly: 'no' };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.#part = ChildPart.start('redis-server', args);
    const answers = () =>
      this.command('PING').then(
        (answer) => answer.startsWith('+PONG'),
        () => false,
      );
    await this.#part.ready(answers, () => clock.sleep(20));
  }

  /** The first line of the answer. */
  async command(text: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      socket.write(`${text}\r\n`);
      const [data] = (await once(socket, 'data', { signal: AbortSignal.timeout(2_000) })) as [Buffer];
      return data.toString();
    } finally {
      socket.destroy();
    }
  }

  freeze(): void {
    this.#part?.freeze();
  }

  thaw(): void {
    this.#part?.thaw();
  }

  async kill(): Promise<void> {
    await this.#part?.kill();
  }
}
