import { clock } from '../condition.js';
import type { Part } from '../part.js';
import type { Processes } from '../processes.js';

/** Starts a part, and says before what is waited for and afterwards how long it took. */
export async function announcedStart(processes: Processes, part: Part, say: (line: string) => void): Promise<void> {
  say(`${part.name} of ${part.site}: waiting until it serves, ${part.readyWithinMs / 1000} s at most`);
  const startedAt = clock.monotonicMs();
  await processes.startPart(part);
  say(`${part.name} of ${part.site}: serves after ${((clock.monotonicMs() - startedAt) / 1000).toFixed(1)} s`);
}
