import { z } from 'zod';
import { ApprovalOverrides } from './approval.js';
import { ConfigText } from './config.js';
import { Topics } from './flow.js';
import type { Immutable } from './immutable.js';
import { ObjectName } from './kubernetes.js';
import { PolicyOverrides } from './policy.js';
import { GroupIdText, record, SiteIdText } from './scalars.js';
import { DnsText } from './traffic.js';

export const GroupText = record({
  id: GroupIdText,
  pattern: z.literal('active-passive'),
  home: SiteIdText.describe('Active when nothing happened yet, and where failback returns to.'),
  sites: z.array(SiteIdText, 'a list of sites').length(2, 'two sites: the home site and the one to move to'),
  topics: Topics,
  mode: z
    .enum(['observe', 'approve', 'automatic'])
    .default('observe')
    .describe('observe decides and audits, and touches nothing; approve waits for a person; automatic acts.'),
  fenceMode: z
    .enum(['strict', 'guarded', 'advisory'])
    .default('guarded')
    .describe('What must be known of an unreachable old site before the new one takes writes.'),
  acceptSplitBrain: z.boolean('true or false').default(false).describe('Must be true with fenceMode advisory.'),
  traffic: z.array(DnsText, 'a list of names').default([]),
  tier: z
    .union([z.literal(1), z.literal(2), z.literal(3)], '1, 2 or 3')
    .default(2)
    .describe('When many groups leave a lost site, those of tier 1 go first.'),
  salvage: record({
    conflicts: z
      .enum(['keep-newest', 'serving-site-wins', 'keep-all'])
      .default('keep-newest')
      .describe('Which stranded records are not replayed, where the serving site took writes of the same key since.'),
  }).prefault({}),
  consumers: record({
    untranslated: z
      .enum(['oldest', 'report'])
      .describe(
        'Consumer groups that MirrorMaker 2 has no translated offset of at the new site: oldest has them go on where ' +
          'they certainly miss nothing; report names them, and leaves them to their auto.offset.reset.',
      ),
  })
    .optional()
    .describe('What a move does about consumer groups; without it nothing.'),
  kafkaUsers: z
    .record(SiteIdText, z.array(ObjectName, 'a list of names').min(1, 'at least one name'), 'names by site')
    .optional()
    .describe(
      'By site, every KafkaUser that may write to the topics, the one of the inbound flow among them. Needed where the ' +
        "cluster's writeFence is by kafka-users; one that is left out could still write, so the fence is not called held.",
    ),
  configs: z.array(ConfigText, 'a list of configs').default([]),
  policy: PolicyOverrides.default({}),
  approval: ApprovalOverrides.default({}),
});
export type Group = Immutable<z.infer<typeof GroupText>>;
export type GroupMode = Group['mode'];
export type FenceMode = Group['fenceMode'];
