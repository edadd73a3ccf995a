import { z } from 'zod';
import type { Freeze, GroupState } from '#libs/decision';

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
const settled = {
  group: z.string().min(1),
  active: Site,
  quarantined: z.array(Site),
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
    target: Site,
    expiresAt: z.number(),
  }),
  z.object({ ...settled, phase: z.literal('declined'), approval: z.string().min(1) }),
  z.object({ ...settled, phase: z.literal('failing-over'), run: z.string().min(1), from: Site, target: Site }),
]) as unknown as z.ZodType<GroupState>;

export const FreezeWire = z.object({
  by: z.string(),
  reason: z.string(),
  until: z.number(),
}) as unknown as z.ZodType<Freeze>;
