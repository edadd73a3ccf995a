export { BullmqDoorbell, type BullmqDoorbellOptions } from './bullmq.doorbell.js';
export { Doorbell } from './doorbell.js';
export { InMemoryDoorbell } from './in-memory.doorbell.js';
