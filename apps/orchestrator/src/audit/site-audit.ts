import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { SiteAuditDraft } from '#libs/audit';
import { SignalboxError } from '#libs/domain';
import type { Clock, Readiness } from '#libs/runtime';
import { Repeats } from './repeats.js';
import type { SiteChain } from './site-chain.js';

/** What is to be written down. It is dated when it is noted. */
export type SiteNote = Omit<SiteAuditDraft, 'site' | 'at'>;
type Draft = Omit<SiteAuditDraft, 'site'>;

const COMPONENT = 'audit of this site';
const WAITING_MAX = 500;
const BATCH = 50;
const RETRY_MS = 1_000;
/** What is written down while the process stops. */
const LAST_WORDS_MS = 2_000;

/**
 * Writes down what happens at this site's orchestrators. Nobody waits for it: a person is answered as fast as without a
 * journal, and what could not be written down shows on /readyz, in the log, and in the chain itself as soon as there is one.
 */
export class SiteAudit implements BeforeApplicationShutdown {
  private readonly ended = new AbortController();
  private readonly repeats: Repeats;
  private waiting: Draft[] = [];
  private lost = 0;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly chain: SiteChain,
    private readonly clock: Clock,
    private readonly readiness: Readiness,
  ) {
    this.repeats = new Repeats(clock, this.ended.signal);
  }

  note(note: SiteNote): void {
    if (this.waiting.length < WAITING_MAX) this.keep(note);
    else this.lost += 1;
    this.startWriting();
  }

  /** What must not be left out, and of which only few people can cause any: it waits, however much waits already. */
  keep(note: SiteNote): void {
    this.waiting.push({ ...note, at: this.clock.now() });
    this.startWriting();
  }

  /** Notes the first of a kind, and of those that follow soon their number. */
  noteOnce(kind: string, noteOf: (times: number) => SiteNote): void {
    this.repeats.say(kind, (times) => this.note(noteOf(times)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ended.abort();
    await Promise.race([this.writing, this.clock.sleep(LAST_WORDS_MS)]);
  }

  private startWriting(): void {
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
      // Noted after the last look, and before this was known to be over.
      if (this.waiting.length > 0 && !this.ended.signal.aborted) this.startWriting();
    });
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH);
      if (await this.appended(batch)) this.takeOut(batch.length);
      else if (this.ended.signal.aborted) return;
    }
    this.readiness.ready(COMPONENT);
  }

  private async appended(batch: readonly Draft[]): Promise<boolean> {
    try {
      return await this.chain.append(batch);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      const unwritten = this.waiting.length + this.lost;
      const reason = `${unwritten} entries of this site's audit wait to be written down: ${error.message}`;
      this.readiness.missing(COMPONENT, this.lost > 0 ? `${reason}; ${this.lost} of them are lost` : reason);
      await this.clock.sleep(RETRY_MS, this.ended.signal);
      return false;
    }
  }

  private takeOut(count: number): void {
    this.waiting = this.waiting.slice(count);
    if (this.lost === 0 || this.waiting.length > 0) return;
    this.waiting.push({ at: this.clock.now(), rule: 'entries-lost', evidence: { entries: this.lost } });
    this.lost = 0;
  }
}
