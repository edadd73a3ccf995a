import type { Clock } from '#libs/runtime';
import { Missed } from './etcd-errors.js';

/** What the first that answered said, or why none did, in the order in which they gave up. */
export type FirstAnswer<Reply> = { readonly reply: Reply } | { readonly missed: readonly Missed[] };

/**
 * Makes the attempts in their order, each when the one before was missed or has been silent for `pauseMs`, and takes the
 * first answer: a member that hangs costs a pause and not its whole time-out. Only for what may be done twice.
 * @throws whatever an attempt throws that is not a miss, such as a refusal.
 */
export const firstAnswer = <Reply>(
  attempts: readonly (() => Promise<Reply>)[],
  pauseMs: number,
  clock: Clock,
): Promise<FirstAnswer<Reply>> =>
  new Promise((resolve, reject) => {
    const missed: Missed[] = [];
    const over = new AbortController();
    const remaining = [...attempts];
    const end = (settle: () => void) => {
      over.abort();
      settle();
    };

    const next = () => {
      const attempt = remaining.shift();
      if (!attempt || over.signal.aborted) return;
      const heard = new AbortController();
      const giveUp = (error: unknown) => {
        heard.abort();
        if (!(error instanceof Missed)) return end(() => reject(error as Error));
        missed.push(error);
        if (missed.length === attempts.length) end(() => resolve({ missed }));
        else next();
      };
      attempt().then((reply) => end(() => resolve({ reply })), giveUp);
      const silent = AbortSignal.any([heard.signal, over.signal]);
      void clock.sleep(pauseMs, silent).then(() => silent.aborted || next());
    };
    next();
  });
