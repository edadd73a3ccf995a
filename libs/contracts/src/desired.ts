import type { Json, MirrorState, NameTarget, ResourceRef, WriteAccess } from '#libs/domain';
import { z } from 'zod';
import { decodeValue, type Decoded } from './decode.js';
import type { Mirrors } from './mirrors.js';

const WriteAccessWire = z.enum(['clients', 'inbound', 'none']);
const MirrorStateWire = z.enum(['running', 'stopped']);
/** A record set has no order: sorted, as it is read back. */
const NameTargetWire = z.object({
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .transform((addresses) => addresses.toSorted()),
  ttlSeconds: z.int().nonnegative(),
});

const WIRES = { 'write-access': WriteAccessWire, mirror: MirrorStateWire, name: NameTargetWire } as const;

/** What a step sets its resource to, checked against what that kind of resource can hold. `what` names the step. */
export const decodeDesired = (
  kind: ResourceRef['kind'],
  desired: Json | undefined,
  what: string,
): Decoded<WriteAccess | MirrorState | NameTarget> => decodeValue(WIRES[kind], desired, `desired of ${what}`);

const mirrors: [
  Mirrors<z.infer<typeof WriteAccessWire>, WriteAccess>,
  Mirrors<z.infer<typeof MirrorStateWire>, MirrorState>,
  Mirrors<z.infer<typeof NameTargetWire>, NameTarget>,
] = [true, true, true];
void mirrors;
