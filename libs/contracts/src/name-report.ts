import type { NameReport } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { CountWire, EpochWire, GroupIdWire, InstantWire, JsonWire, ProcessIdWire, SiteIdWire } from './wire.js';

const GivesWire = z.enum(['new', 'old', 'nothing']);

export const NameReportWire = z.object({
  name: z.string().min(1),
  group: GroupIdWire,
  site: SiteIdWire,
  by: ProcessIdWire,
  at: InstantWire,
  state: z.enum(['propagating', 'done']),
  until: InstantWire.optional(),
  waitsFor: z.array(z.string()),
  target: JsonWire.optional(),
  epoch: EpochWire.optional(),
  problem: z.string().optional(),
  ttlSeconds: CountWire.optional(),
  oldTtlSeconds: CountWire.optional(),
  servers: z.array(z.object({ address: z.string(), gives: GivesWire, serial: CountWire.optional() })),
  resolvers: z.array(
    z.object({
      address: z.string(),
      gives: GivesWire,
      remainingTtlSeconds: CountWire.optional(),
      ignoresTtl: z.boolean().optional(),
    }),
  ),
  owners: z.array(z.object({ name: z.string(), at: z.string(), isAdopted: z.boolean() })),
  drift: z
    .object({ expected: z.string(), found: z.string(), since: InstantWire, hints: z.array(z.string()) })
    .optional(),
  news: z.array(
    z.object({
      rule: z.enum([
        'name-propagating',
        'name-propagated',
        'name-drifted',
        'name-drift-ended',
        'name-owned-by-another',
        'resolver-ignores-ttl',
      ]),
      at: InstantWire,
      says: z.string(),
      evidence: JsonWire,
    }),
  ),
});

const mirrors: Mirrors<z.infer<typeof NameReportWire>, NameReport> = true;
void mirrors;
