import type { GuardRecord } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { CountWire, EpochWire, InstantWire, ProcessIdWire, SiteIdWire } from './wire.js';

export const GuardRecordWire = z.object({
  site: SiteIdWire,
  process: ProcessIdWire,
  incarnation: z.string().min(1),
  renewal: CountWire,
  armed: z.boolean(),
  armedBy: z.string(),
  selfFenceMs: z.number().positive(),
  enforced: z.record(
    z.string(),
    z.object({
      access: z.enum(['clients', 'inbound', 'none']),
      epoch: EpochWire,
      by: z.enum(['acl', 'size', 'command', 'unproven']),
    }),
  ),
  at: InstantWire,
});
const mirrors: Mirrors<z.infer<typeof GuardRecordWire>, GuardRecord> = true;
void mirrors;
