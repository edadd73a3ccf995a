import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import type { AttestationView, OverrideView } from './operator-answers.js';
import { InstantWire, SiteIdWire } from './wire.js';

const said = { by: z.string(), reason: z.string(), until: InstantWire };
export const FreezeViewWire = z.object(said);
export const OverrideWire = z.object({ ...said, veto: z.string() });
export const AttestationWire = z.object({ ...said, site: SiteIdWire });

const mirrors: [
  Mirrors<z.infer<typeof OverrideWire>, OverrideView>,
  Mirrors<z.infer<typeof AttestationWire>, AttestationView>,
] = [true, true];
void mirrors;
