import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant, type Instant } from '#libs/domain';
import { Clock, Random, type Stop } from '#libs/runtime';
import { wordsOf } from '../command-words.js';
import type { ExitCode } from '../exit-code.js';
import { fakeOrchestrator } from '../fake-orchestrator.js';
import { runCommandLine } from '../program.js';
import type { Surroundings } from '../session.js';
import type { Example } from './example.js';
import { NOW } from './world.js';

/** A guard: a busy machine is no reason for another text in docs/cli.md. */
const ANSWER_WITHIN_MS = 60_000;

/** What a terminal shows, and what the orchestrator was asked. */
export interface Played {
  readonly shown: string;
  readonly exitCode: ExitCode;
  readonly asked: Awaited<ReturnType<typeof fakeOrchestrator>>['asked'];
}

/** Runs the whole command line against an orchestrator that answers what the example says, at the examples' own time. */
export const play = async (
  { line, answers, files }: Example,
  interruption: Surroundings['interruption'] = () => new AbortController().signal,
): Promise<Played> => {
  const orchestrator = await fakeOrchestrator(answers);
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-example-'));
  const lines: string[] = [];
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const args = wordsOf(line)
      .slice(1)
      .map((word) => (isFileName(word) ? join(folder, word) : word));
    const exitCode = await runCommandLine([...args, '--api', orchestrator.url], {
      terminal: { out: (text) => lines.push(text), err: (text) => lines.push(text), isScreen: false },
      clock: new ExampleClock(),
      random: new ExampleRandom(),
      environment: { SIGNALBOX_TOKEN: 'example' },
      interruption,
      answerWithinMs: ANSWER_WITHIN_MS,
    });
    const shown = lines.join('\n').replaceAll(`${folder}/`, '');
    return { shown, exitCode, asked: orchestrator.asked };
  } finally {
    await orchestrator.close();
    await rm(folder, { recursive: true });
  }
};

/** Files of an example lie in a folder of its own; anything with a path is in the checkout. */
const isFileName = (word: string): boolean => /^[\w-]+\.(json|ndjson)$/.test(word);

/** Time that passes only while somebody sleeps, and then at once. */
class ExampleClock extends Clock {
  #now: Instant = NOW;

  override now(): Instant {
    return this.#now;
  }

  override monotonicMs(): number {
    return this.#now;
  }

  override sleep(ms: number): Promise<void> {
    this.#now = instant(this.#now + ms);
    return Promise.resolve();
  }

  override every(): Stop {
    return () => undefined;
  }
}

class ExampleRandom extends Random {
  override fraction(): number {
    return 0;
  }

  override id(): string {
    return 'example-key-1';
  }
}
