export { BullmqDoorbell, type BullmqDoorbellOptions } from './bullmq.doorbell.js';
export { Doorbell, ringId, type Waiting } from './doorbell.js';
export { InMemoryDoorbell } from './in-memory.doorbell.js';
export { InMemoryFencedResource } from './in-memory.fenced-resource.js';
export { OpenSteps, type OnOpenStep } from './open-steps.js';
export type { ResolveResource } from './step-attempt.js';
export { StepWorker, type StepWorkerIdentity, type StepWorkerPorts } from './step-worker.js';
export { StepWorkerModule, type WorkerProcess } from './step-worker.module.js';
