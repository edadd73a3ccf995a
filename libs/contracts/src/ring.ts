import type { Ring } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { CountWire, EpochWire, RunIdWire } from './wire.js';

/** As a site's queue holds it, where anybody may have written. */
export const RingWire = z.object({
  run: RunIdWire,
  step: z.string().min(1),
  epoch: EpochWire,
  attempt: CountWire,
  planHash: z.string().min(1),
});

const mirrors: Mirrors<z.infer<typeof RingWire>, Ring> = true;
void mirrors;
