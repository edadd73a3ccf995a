import { UnavailableError } from '#libs/domain';
import type { DnsQuestion, DnsRecord, NameServer, UpdateAnswer } from './name-server.js';
import type { Update } from './update-message.js';

/**
 * The ways to one zone's data: several addresses of its primary, or several servers over the same data. They are tried
 * in order; one that was not reached comes last from then on.
 */
export class Doors {
  private order: readonly NameServer[];

  /** `callTimeoutMs` is shared between them, so that one that swallows everything leaves time for the others. */
  constructor(
    readonly all: readonly NameServer[],
    private readonly callTimeoutMs: number,
  ) {
    this.order = all;
  }

  /** Of the one that is tried first. */
  get address(): string {
    return this.order[0]!.address;
  }

  /** @throws UnavailableError when none of them answers; DnsRejectedError of the first that says no */
  query(questions: readonly DnsQuestion[], signal: AbortSignal): Promise<readonly (readonly DnsRecord[])[]> {
    return this.through((door, limit) => door.query(questions, limit), signal);
  }

  /**
   * Goes on to the next door only where certainly nothing was asked: an update that may have arrived is not sent again,
   * it is read back.
   * @throws UnavailableError, OutcomeUnknownError, DnsRejectedError
   */
  update(update: Update, signal: AbortSignal): Promise<UpdateAnswer> {
    return this.through((door, limit) => door.update(update, limit), signal);
  }

  private async through<T>(ask: (door: NameServer, limit: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const shareMs = Math.ceil(this.callTimeoutMs / this.all.length);
    const missed: UnavailableError[] = [];
    for (const door of this.order) {
      try {
        return await ask(door, AbortSignal.any([signal, AbortSignal.timeout(shareMs)]));
      } catch (error) {
        if (!(error instanceof UnavailableError) || signal.aborted) throw error;
        missed.push(error);
        this.order = [...this.order.filter((each) => each !== door), door];
      }
    }
    if (missed.length === 1) throw missed[0]!;
    throw new UnavailableError(missed.map(({ message }) => message).join('; '), { cause: missed[0] });
  }
}
