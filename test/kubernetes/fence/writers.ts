import { clock, until } from '../../lab/condition.js';
import { EPOCH, IN_FORCE } from './marks.js';
import type { ApiObject, Subject } from './subject.js';

const WRITERS = 16;
const ANSWERED_WITHIN_MS = 240_000;
const PAUSE_MS = 20;
const SPREAD = 97;

export interface WriterAnswer {
  readonly wrote: number;
  readonly status: number;
  /** Of what was taken: orders all writes of a cluster. */
  readonly version?: number;
}

/** Many who write epochs over each other, without looking at what is there. */
export class Writers {
  readonly answers: WriterAnswer[] = [];
  #isOver = false;

  constructor(private readonly subject: Subject) {}

  /** Each goes on until they are told to end; a server that is away is asked again. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.write(writer)));
  }

  /** Waits until so many more writes were taken. */
  taken(count: number): Promise<void> {
    const taken = () => this.answers.filter(({ version }) => version !== undefined).length;
    const before = taken();
    return until(`${count} more writes are taken`, ANSWERED_WITHIN_MS, async () => {
      const more = taken() - before;
      if (more < count) throw new Error(`${more} are`);
    });
  }

  end(): void {
    this.#isOver = true;
  }

  highest(): number {
    return Math.max(...this.answers.filter(({ version }) => version !== undefined).map(({ wrote }) => wrote));
  }

  private async write(writer: number): Promise<void> {
    let heardAt = clock.monotonicMs();
    for (let answered = 0; !this.#isOver;) {
      // Rises over time and goes to and fro within it, another way for each.
      const wrote = Number(IN_FORCE) + answered * 5 + ((writer * 31 + answered * 17) % SPREAD);
      const answer = await this.subject.annotate({ [EPOCH]: String(wrote) }).catch(() => undefined);
      if (answer === undefined) {
        if (clock.monotonicMs() - heardAt > ANSWERED_WITHIN_MS) throw new Error('the server does not come back');
        await clock.sleep(PAUSE_MS);
        continue;
      }
      answered += 1;
      heardAt = clock.monotonicMs();
      const { status, text } = answer;
      const isTaken = status === 200;
      const version = isTaken ? Number((JSON.parse(text) as ApiObject).metadata.resourceVersion) : undefined;
      this.answers.push({ wrote, status, ...(version !== undefined && { version }) });
    }
  }
}

/** Every write that was taken below one that was taken before it. */
export function judgeWriters(answers: readonly WriterAnswer[]): string[] {
  const taken = answers
    .filter((answer): answer is WriterAnswer & { version: number } => answer.version !== undefined)
    .toSorted((one, other) => one.version - other.version);
  return taken.flatMap(({ wrote, version }, index) => {
    const before = taken[index - 1];
    return before !== undefined && wrote < before.wrote
      ? [`${wrote} at ${version} after ${before.wrote} at ${before.version}`]
      : [];
  });
}
