import type { ConfigData, Epoch } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { EpochWire } from './wire.js';

export const ConfigDataWire = z.record(z.string(), z.string());

/**
 * The file that clients at one site follow: `{ "epoch": 7, "data": { "bootstrap.servers": "kafka.b.example:9092" } }`.
 * It is replaced as a whole, by a rename: who opens it reads the old one or the new one, and must open it again to see a
 * change. `epoch` is the fence and none of a client's business. A key of somebody else would be lost at the next
 * change, so it makes the file malformed.
 */
export const ClientConfigWire = z.strictObject({ epoch: EpochWire, data: ConfigDataWire });

const mirrors: [
  Mirrors<z.infer<typeof ConfigDataWire>, ConfigData>,
  Mirrors<z.infer<typeof ClientConfigWire>, { readonly epoch: Epoch; readonly data: ConfigData }>,
] = [true, true];
void mirrors;
