import type { FreezeBody, ReasonBody } from '#libs/contracts';
import type { Freeze } from '#libs/decision';
import { instant } from '#libs/domain';
import { note, type Operation } from './operation.js';

export const freeze =
  ({ reason, forMs }: FreezeBody): Operation<Freeze> =>
  (occasion) => {
    const stop: Freeze = { by: occasion.caller.name, reason, until: instant(occasion.at + forMs) };
    return {
      answer: stop,
      write: (transaction) => note(transaction.freeze(stop), occasion, 'freeze', { ...stop }),
    };
  };

export const unfreeze =
  ({ reason }: ReasonBody): Operation<{ readonly frozen: false }> =>
  (occasion) => ({
    answer: { frozen: false },
    write: (transaction) => note(transaction.freeze(undefined), occasion, 'unfreeze', { reason }),
  });
