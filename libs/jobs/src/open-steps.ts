import { messageOf, UnavailableError, type SiteId } from '#libs/domain';
import { keys, type Journal, type Revision } from '#libs/journal';
import type { Clock, Readiness, Stop } from '#libs/runtime';

/** `revision` is that of the opening: a higher one means that the step was opened anew. */
export type OnOpenStep = (stepKey: string, revision: Revision, by: 'watch' | 'look') => void;

/** The steps that wait at one site: told as they are opened, and all of them again at every look. */
export class OpenSteps {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly readiness: Readiness,
  ) {}

  /** Looks every `pollMs` whatever the watch says: what is level-triggered cannot be lost. */
  follow(site: SiteId, pollMs: number, onOpen: OnOpenStep): Stop {
    const name = keys.openSteps(site);
    let isStopped = false;
    let stopWatch: Stop | undefined;

    const look = async (): Promise<void> => {
      const snapshot = await this.#read(name);
      if (!snapshot || isStopped) return;
      stopWatch ??= this.journal.watch(name, snapshot.revision, {
        onEvents: (events) => {
          for (const event of events)
            if (event.kind === 'put') onOpen(event.entry.value, event.entry.revision, 'watch');
        },
        onGap: () => {
          stopWatch = undefined;
          void look();
        },
      });
      for (const { value, revision } of snapshot.entries) onOpen(value, revision, 'look');
    };

    const stopLooking = this.clock.every(pollMs, look);
    return () => {
      isStopped = true;
      stopLooking();
      stopWatch?.();
    };
  }

  async #read(name: string) {
    try {
      const snapshot = await this.journal.read(name);
      this.readiness.ready('journal');
      return snapshot;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      this.readiness.missing('journal', `No steps are found, since the journal cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }
}
