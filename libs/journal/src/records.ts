import { z } from 'zod';
import type {
  Attestation,
  Freeze,
  GroupState,
  LoneMove,
  Neighbours,
  Override,
  SiteEvent,
  SiteTurn,
} from '#libs/decision';
import { BacklogWire, PositionsWire, RunKindWire, SalvageAsWire, SalvagedWire } from '#libs/contracts';
import type { Json } from '#libs/domain';

/** The end of a group's audit chain. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

export const AuditHeadWire = z.object({
  sequence: z.int().positive(),
  hash: z.string().length(64),
}) satisfies z.ZodType<AuditHead>;

const Site = z.string().min(1);
const ReturningSiteWire = z.object({
  phase: z.enum(['lost', 'quarantined', 'catching-up']),
  since: z.number(),
  rule: z.string(),
  leftBy: z.string().min(1).optional(),
  rebornAs: z.string().optional(),
  watermark: PositionsWire.optional(),
  stranded: BacklogWire.optional(),
  uncounted: z.int().positive().optional(),
  salvaged: SalvagedWire.optional(),
  keepsUpSince: z.number().optional(),
});
const settled = {
  group: z.string().min(1),
  active: Site,
  returning: z.record(Site, ReturningSiteWire),
  knownAs: z.record(Site, z.string()).optional(),
  lastRunEndedAt: z.number().optional(),
  rule: z.string(),
  vetoes: z.array(z.string()),
};

/** The journal's record of a group; branded ids are plain strings on the wire. */
export const GroupStateWire = z.discriminatedUnion('phase', [
  z.object({ ...settled, phase: z.literal('steady') }),
  z.object({ ...settled, phase: z.literal('suspecting') }),
  z.object({ ...settled, phase: z.literal('observed'), target: Site }),
  z.object({
    ...settled,
    phase: z.literal('awaiting-approval'),
    approval: z.string().min(1),
    kind: RunKindWire,
    target: Site,
    as: SalvageAsWire.optional(),
    requestedBy: z.string().optional(),
    expiresAt: z.number(),
  }),
  z.object({ ...settled, phase: z.literal('declined'), approval: z.string().min(1) }),
  z.object({
    ...settled,
    phase: z.literal('running'),
    run: z.string().min(1),
    kind: RunKindWire,
    from: Site,
    target: Site,
  }),
]) as unknown as z.ZodType<GroupState>;

export const FreezeWire = z.object({
  by: z.string(),
  reason: z.string(),
  until: z.number(),
}) as unknown as z.ZodType<Freeze>;

const said = { by: z.string(), reason: z.string(), until: z.number() };
export const OverridesWire = z.array(z.object({ ...said, veto: z.string().min(1) })) as unknown as z.ZodType<
  readonly Override[]
>;
export const AttestationsWire = z.array(z.object({ ...said, site: Site })) as unknown as z.ZodType<
  readonly Attestation[]
>;

export const SiteEventWire = z.object({ site: Site, since: z.number() }) as unknown as z.ZodType<SiteEvent>;
export const SiteTurnWire = z.object({
  slot: z.int().positive(),
  run: z.string().min(1),
  since: z.number(),
}) as unknown as z.ZodType<SiteTurn>;
export const LoneMoveWire = z.object({
  place: z.int().positive(),
  group: z.string().min(1),
  at: z.number(),
}) as unknown as z.ZodType<LoneMove>;
export const InLineWire = z.object({
  group: z.string().min(1),
  site: Site,
}) as unknown as z.ZodType<Neighbours['inLine'][number]>;

/** A request that was answered: the same one again gets this answer, and nothing happens a second time. */
export interface AnsweredRequest {
  readonly caller: string;
  readonly route: string;
  readonly bodyHash: string;
  readonly status: number;
  readonly answer: Json;
}

export const AnsweredRequestWire = z.object({
  caller: z.string().min(1),
  route: z.string().min(1),
  bodyHash: z.string().length(64),
  status: z.int().positive(),
  answer: z.json(),
}) as unknown as z.ZodType<AnsweredRequest>;
