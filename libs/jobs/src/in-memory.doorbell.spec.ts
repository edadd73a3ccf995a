import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { doorbellConformance } from './doorbell.conformance.js';
import { InMemoryDoorbell } from './in-memory.doorbell.js';

doorbellConformance(InMemoryDoorbell.name, async () => {
  const doorbell = new InMemoryDoorbell(new VirtualClock());
  return { doorbell, end: () => doorbell.close() };
});
