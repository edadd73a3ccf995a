import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { InMemoryJournal } from './in-memory.journal.js';
import { journalConformance } from './journal.conformance.js';

journalConformance(InMemoryJournal.name, async () => {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  return {
    journal,
    compact: async (revision) => journal.compact(revision),
    elapse: (ms) => clock.advance(ms),
    end: () => journal.close(),
  };
});
