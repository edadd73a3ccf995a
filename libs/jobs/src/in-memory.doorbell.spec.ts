import { doorbellConformance } from './doorbell.conformance.js';
import { InMemoryDoorbell } from './in-memory.doorbell.js';

doorbellConformance(InMemoryDoorbell.name, async () => {
  const doorbell = new InMemoryDoorbell();
  return { doorbell, end: () => doorbell.close() };
});
