import type { Clock } from '#libs/runtime';

const FIRST_WINDOW_MS = 60_000;
const LONGEST_WINDOW_MS = 3_600_000;
/** Of different things at a time; what comes beyond them counts as one. */
const KINDS_MAX = 200;

interface Window {
  count: number;
  latest: (times: number) => void;
}

/**
 * Says the first of a kind at once, and of all that follow within a minute only how many they were; then within two
 * minutes, and so on up to an hour, until there are none. Whoever can ask without a token can fill nothing.
 */
export class Repeats {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly clock: Clock,
    private readonly ended: AbortSignal,
  ) {}

  /** `say` is told how often it happened since it was last said. */
  say(kind: string, say: (times: number) => void): void {
    const known = this.windows.has(kind) || this.windows.size < KINDS_MAX ? kind : 'others';
    const window = this.windows.get(known);
    if (window) {
      window.count += 1;
      window.latest = say;
      return;
    }
    say(1);
    const opened: Window = { count: 0, latest: say };
    this.windows.set(known, opened);
    void this.watch(known, opened);
  }

  private async watch(kind: string, window: Window): Promise<void> {
    for (let ms = FIRST_WINDOW_MS; ; ms = Math.min(ms * 2, LONGEST_WINDOW_MS)) {
      await this.clock.sleep(ms, this.ended);
      const { count, latest } = window;
      window.count = 0;
      if (count > 0) latest(count);
      if (count > 0 && !this.ended.aborted) continue;
      this.windows.delete(kind);
      return;
    }
  }
}
