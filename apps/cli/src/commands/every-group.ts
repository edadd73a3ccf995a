import type { StatusAnswer } from '#libs/contracts';
import type { Session } from '../command.js';

/** The groups that an orchestrator which reads the journal knows. */
export const everyGroup = async ({ api }: Session): Promise<readonly string[]> => {
  const { groups } = await api.get<StatusAnswer>('/status', ({ journal }) => journal.reachable);
  return groups.map(({ group }) => group);
};
