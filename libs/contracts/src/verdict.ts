import type { Verdict } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { OpinionWire } from './vote.js';
import { ClusterIdWire, CountWire, DurationWire, SiteIdWire } from './wire.js';

const SiteVoiceWire = z.object({
  site: SiteIdWire,
  opinion: z.enum([...OpinionWire.options, 'silent']),
  failedForMs: DurationWire,
  healthyForMs: DurationWire,
  goodRounds: CountWire.optional(),
  reasons: z.array(z.string()),
  kafkaClusterId: z.string().optional(),
  rebornBecause: z.string().optional(),
});

export const VerdictWire = z.object({
  cluster: ClusterIdWire,
  kind: z.enum([
    'reborn-empty',
    'down',
    'link-down',
    'asymmetric',
    'no-quorum',
    'monitor-lost',
    'degraded',
    'up',
    'blind',
  ]),
  rule: z.string(),
  dwellMs: DurationWire.optional(),
  failedForMs: DurationWire,
  voices: z.array(SiteVoiceWire),
});

const mirrors: Mirrors<z.infer<typeof VerdictWire>, Verdict> = true;
void mirrors;
