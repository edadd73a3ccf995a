import { createHash } from 'node:crypto';
import type { Clock } from '#libs/runtime';
import { isSignalbox } from '../lab/app.js';
import type { Lab } from '../lab/lab.js';
import { isAlive } from '../lab/processes.js';
import type { KillReport } from './report.js';
import { waitFor } from './steady.js';
import type { Timeline } from './timeline.js';

/** The parts of the story in which a process may be killed, and for how long after its beginning. */
const CHAPTERS_MS = { failover: 8_000, return: 10_000, protect: 6_000, failback: 5_000 } as const;
export type Chapter = keyof typeof CHAPTERS_MS;

const BACK_WITHIN_MS = 120_000;

/**
 * A number from 0 up to, not including, 1, that depends on the seed and on what it is for, and on nothing else: the
 * first 32 bits of the SHA-256 of both.
 */
export const draw = (seed: number, what: string): number =>
  createHash('sha256').update(`${seed} ${what}`).digest().readUInt32BE() / 2 ** 32;

export const pick = <T>(among: readonly T[], drawn: number): T | undefined => among[Math.floor(drawn * among.length)];

/** One Signalbox process, chosen by a seed, dies at a moment that is chosen by the seed, too. The lab starts it again. */
export class RandomKill {
  readonly chapter: Chapter;
  readonly afterMs: number;
  private striking: Promise<KillReport> | undefined;

  constructor(
    private readonly seed: number,
    private readonly around: { readonly lab: Lab; readonly clock: Clock; readonly timeline: Timeline },
  ) {
    const chapters = Object.keys(CHAPTERS_MS) as Chapter[];
    this.chapter = pick(chapters, draw(seed, 'chapter')) ?? 'failover';
    this.afterMs = Math.floor(draw(seed, 'moment') * CHAPTERS_MS[this.chapter]);
  }

  /** The story has come to a chapter. */
  begin(chapter: Chapter): void {
    if (chapter !== this.chapter || this.striking) return;
    this.striking = this.strike();
    this.striking.catch(() => undefined);
  }

  /** What was killed, when that process serves again; undefined when the story did not come to its chapter. */
  end(): Promise<KillReport | undefined> {
    return this.striking ?? Promise.resolve(undefined);
  }

  private async strike(): Promise<KillReport> {
    const { lab, clock, timeline } = this.around;
    await clock.sleep(this.afterMs);
    const alive = lab.run.processes().filter((record) => isSignalbox(record.name) && isAlive(record));
    const byName = alive.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
    const victim = pick(byName, draw(this.seed, 'process'));
    if (!victim) throw new Error('no Signalbox process runs');
    const { site, name } = victim;
    const at = clock.now();
    timeline.tell(
      'kill',
      `${nameOf(victim)} is killed (seed ${this.seed}: ${this.afterMs} ms into ${this.chapter})`,
      at,
    );
    await lab.killProcess(site, name);
    await waitFor(`restart of ${nameOf(victim)}`, { clock, withinMs: BACK_WITHIN_MS }, () => lab.serves(site, name));
    return {
      seed: this.seed,
      process: name,
      site,
      chapter: this.chapter,
      afterMs: this.afterMs,
      at,
      backAfterMs: clock.now() - at,
    };
  }
}

const nameOf = ({ site, name }: { readonly site: string; readonly name: string }) => `${name}@${site}`;
