import type { Instant } from '#libs/domain';
import type { Ledger } from './ledger.js';
import { isPinned } from './pinned-client.js';

/** The longest time between two acknowledgements in a row that the application's producer saw, from an instant on. */
export const longestPauseMs = ({ acknowledged }: Pick<Ledger, 'acknowledged'>, since: Instant): number => {
  const ackedAt = acknowledged.filter(({ id }) => !isPinned(id)).map((record) => record.ackedAt);
  const gaps = ackedAt.map((at, index) => (at >= since ? at - (ackedAt[index - 1] ?? at) : 0));
  return Math.max(0, ...gaps);
};
