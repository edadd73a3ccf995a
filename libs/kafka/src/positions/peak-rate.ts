const WINDOW_MS = 300_000;
/** Two looks that are closer than this say nothing about a rate. */
const APART_MIN_MS = 500;

/** The fastest an offset moved within the last five to ten minutes, in records per second. */
export class PeakRate {
  private recent = 0;
  private earlier = 0;
  private windowStartMs?: number;
  private last?: { readonly atMs: number; readonly offset: number };

  saw(atMs: number, offset: number): void {
    this.turn(atMs);
    const apartMs = this.last ? atMs - this.last.atMs : 0;
    if (this.last && apartMs < APART_MIN_MS) return;
    if (this.last) this.recent = Math.max(this.recent, ((offset - this.last.offset) * 1_000) / apartMs);
    this.last = { atMs, offset };
  }

  get perSecond(): number {
    return Math.max(this.recent, this.earlier);
  }

  private turn(atMs: number): void {
    this.windowStartMs ??= atMs;
    const windows = Math.floor((atMs - this.windowStartMs) / WINDOW_MS);
    if (windows < 1) return;
    this.earlier = windows === 1 ? this.recent : 0;
    this.recent = 0;
    this.windowStartMs += windows * WINDOW_MS;
  }
}
