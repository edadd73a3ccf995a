import type { Backlog, Positions } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { CountWire } from './wire.js';

export const PositionsWire = z.record(z.string().regex(/^.+-\d+$/, 'topic-partition'), CountWire);

export const StrandedRangeWire = z.object({ topic: z.string(), partition: CountWire, from: CountWire, to: CountWire });

export const BacklogWire = z.object({ records: CountWire, ranges: z.array(StrandedRangeWire) });

const mirrors: [Mirrors<z.infer<typeof PositionsWire>, Positions>, Mirrors<z.infer<typeof BacklogWire>, Backlog>] = [
  true,
  true,
];
void mirrors;
