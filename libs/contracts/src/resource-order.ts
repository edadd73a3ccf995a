import type { ReassertedRecord, ResourceOrder } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { ResourceRefWire, StepWire } from './step.js';
import {
  CountWire,
  EpochWire,
  GroupIdWire,
  InstantWire,
  JsonWire,
  ProcessIdWire,
  RunIdWire,
  SiteIdWire,
} from './wire.js';

export const ResourceOrderWire = z.object({
  resource: ResourceRefWire,
  group: GroupIdWire,
  value: JsonWire,
  epoch: EpochWire,
  run: RunIdWire,
  step: z.string().min(1),
  worker: StepWire.shape.worker,
  runsAt: SiteIdWire,
});

export const ReassertedRecordWire = z.object({
  resource: ResourceRefWire,
  times: CountWire,
  audited: CountWire,
  at: InstantWire,
  by: ProcessIdWire,
  epoch: EpochWire,
  ordered: z.string(),
  found: z.string(),
  isLeft: z.boolean().optional(),
});

const mirrors: [
  Mirrors<z.infer<typeof ResourceOrderWire>, ResourceOrder>,
  Mirrors<z.infer<typeof ReassertedRecordWire>, ReassertedRecord>,
] = [true, true];
void mirrors;
