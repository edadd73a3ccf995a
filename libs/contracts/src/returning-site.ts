import type { ReturningSite } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { BacklogWire, PositionsWire } from './positions.js';
import { SalvagedWire } from './salvage.js';
import { InstantWire, RunIdWire } from './wire.js';

export const ReturningSiteWire = z.object({
  phase: z.enum(['lost', 'quarantined', 'catching-up']),
  since: InstantWire,
  rule: z.string(),
  leftBy: RunIdWire.optional(),
  rebornAs: z.string().optional(),
  watermark: PositionsWire.optional(),
  stranded: BacklogWire.optional(),
  uncounted: z.int().positive().optional(),
  salvaged: SalvagedWire.optional(),
  keepsUpSince: InstantWire.optional(),
});

const mirrors: Mirrors<z.infer<typeof ReturningSiteWire>, ReturningSite> = true;
void mirrors;
