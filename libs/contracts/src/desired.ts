import type {
  ConfigData,
  Json,
  MirrorState,
  NameTarget,
  Positions,
  ResourceRef,
  SalvageOrder,
  WriteAccess,
} from '#libs/domain';
import { z } from 'zod';
import { ConfigDataWire } from './client-config.js';
import { decodeValue, type Decoded } from './decode.js';
import type { Mirrors } from './mirrors.js';
import { NameTargetWire } from './name-target.js';
import { PositionsWire } from './positions.js';
import { SalvageOrderWire } from './salvage.js';

const WriteAccessWire = z.enum(['clients', 'inbound', 'none']);
const MirrorStateWire = z.enum(['running', 'stopped']);
/** The only thing that can be expected of a backlog. */
const BacklogExpectation = z.literal('empty');
/** Nobody takes a place away from a group again. */
const GroupOffsetsExpectation = z.literal('seeded');

const WIRES = {
  'write-access': WriteAccessWire,
  mirror: MirrorStateWire,
  positions: PositionsWire,
  backlog: BacklogExpectation,
  salvage: SalvageOrderWire,
  'group-offsets': GroupOffsetsExpectation,
  name: NameTargetWire,
  resolution: NameTargetWire,
  config: ConfigDataWire,
} as const;

/** What a step sets its resource to, checked against what that kind of resource can hold. `what` names the step. */
export const decodeDesired = (
  kind: ResourceRef['kind'],
  desired: Json | undefined,
  what: string,
): Decoded<WriteAccess | MirrorState | Positions | 'empty' | SalvageOrder | 'seeded' | NameTarget | ConfigData> =>
  decodeValue(WIRES[kind], desired, `desired of ${what}`);

const mirrors: [
  Mirrors<z.infer<typeof WriteAccessWire>, WriteAccess>,
  Mirrors<z.infer<typeof MirrorStateWire>, MirrorState>,
] = [true, true];
void mirrors;
