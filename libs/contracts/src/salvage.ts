import type { Salvaged, SalvagedPartition, SalvageOrder } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { PositionsWire, StrandedRangeWire } from './positions.js';
import { CountWire, RunIdWire } from './wire.js';

export const SalvageAsWire = z.enum(['quarantined', 'replayed', 'discarded']);

export const SalvageOrderWire = z.object({
  as: SalvageAsWire,
  group: z.string().min(1),
  site: z.string().min(1),
  leftBy: z.string().min(1),
  conflicts: z.enum(['keep-newest', 'serving-site-wins', 'keep-all']),
  ranges: z.array(StrandedRangeWire),
  watermark: PositionsWire,
});

export const SalvagedPartitionWire = z.object({
  topic: z.string().min(1),
  partition: CountWire,
  from: CountWire,
  to: CountWire,
  copied: CountWire,
  superseded: CountWire,
  alreadyThere: CountWire,
  left: CountWire,
  aborted: CountWire,
  hash: z.string(),
});

export const SalvagedWire = z.object({
  as: SalvageAsWire,
  run: RunIdWire,
  records: CountWire,
  copied: CountWire,
  superseded: CountWire,
});

const mirrors: [
  Mirrors<z.infer<typeof SalvageOrderWire>, SalvageOrder>,
  Mirrors<z.infer<typeof SalvagedPartitionWire>, SalvagedPartition>,
  Mirrors<z.infer<typeof SalvagedWire>, Salvaged>,
] = [true, true, true];
void mirrors;
