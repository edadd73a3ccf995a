import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import type { VetoView } from './operator-answers.js';

export const VetoWire = z.object({ name: z.string(), message: z.string(), overridable: z.boolean() });

const mirrors: Mirrors<z.infer<typeof VetoWire>, VetoView> = true;
void mirrors;
