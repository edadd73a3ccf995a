import { once } from 'node:events';
import { connect } from 'node:net';
import { ChildPart } from './child-part.js';
import { freePort, onFreePorts } from './free-port.js';

const ANSWER_WITHIN_MS = 5_000;

/** A Redis of its own on a free loopback port, for one test. Keeps nothing when it is killed. */
export class RealRedis {
  #part: ChildPart | undefined;

  private constructor(private readonly port: number) {}

  static start(): Promise<RealRedis> {
    return onFreePorts(async () => {
      const redis = new RealRedis(await freePort());
      await redis.start();
      return redis;
    });
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = { port: String(this.port), bind: '127.0.0.1', save: '', appendonly: 'no' };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const part = ChildPart.start('redis-server', args);
    this.#part = part;
    // Its own answer: another Redis on this port would answer, too.
    const itAnswers = () =>
      this.command('INFO server').then(
        (answer) => answer.includes(`process_id:${part.pid}\r\n`),
        () => false,
      );
    await part.ready(itAnswers);
  }

  /** The beginning of the answer. */
  async command(text: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      socket.write(`${text}\r\n`);
      const [data] = (await once(socket, 'data', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })) as [Buffer];
      return data.toString();
    } finally {
      socket.destroy();
    }
  }

  async freeze(): Promise<void> {
    await this.#part?.freeze();
  }

  thaw(): void {
    this.#part?.thaw();
  }

  async kill(): Promise<void> {
    await this.#part?.kill();
  }

  end(): Promise<void> {
    return this.kill();
  }
}
