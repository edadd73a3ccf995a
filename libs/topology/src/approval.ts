import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { id, Milliseconds, record, Text } from './scalars.js';

const GroupOfPeople = id('group of people');
const PUBLIC_KEY = 'an Ed25519 public key: its 32 bytes in base64';

/** How people are asked: every group may have its own. */
const rules = {
  required: z
    .number('a number')
    .int('a whole number')
    .min(1, 'at least 1')
    .max(20, 'at most 20')
    .describe('So many different people have to agree; whoever asked for a run is none of them. One no is enough.')
    .default(1),
  approvers: z
    .array(GroupOfPeople, 'a list of groups of people')
    .describe('Whose members may answer; without it everybody of role approver or admin.')
    .default([]),
  escalateAfterMs: z
    .array(Milliseconds, 'a list of milliseconds')
    .max(8, 'at most 8 times')
    .describe('While nobody has decided, more people are told this long after it was asked.')
    .default([]),
  onTimeout: z
    .enum(['hold', 'deny'])
    .describe('What no answer means to a failover: hold does nothing, and asks again; deny is a no for this incident.')
    .default('hold'),
  breakGlass: z
    .array(GroupOfPeople, 'a list of groups of people')
    .describe('Whose members may decide alone, with a reason and a review afterwards; besides them every admin.')
    .default([]),
};

const ApproverKeyText = record({
  keyId: id('key').describe('Stands in the tokens that are signed with it.'),
  principal: Text.describe('Who holds the private key: the name that stands in the audit, and in the groups.'),
  publicKey: z.string(PUBLIC_KEY).regex(/^[A-Za-z0-9+/]{43}=$/, PUBLIC_KEY),
  revoked: z
    .boolean('true or false')
    .describe('Signs nothing any more. Leave a revoked key here, so that a refusal can say so.')
    .default(false),
});

/** How people are asked, who they are, and what they sign with when nothing else works. */
export const ApprovalText = record({
  ...rules,
  groups: z
    .record(GroupOfPeople, z.array(Text, 'a list of names').min(1, 'at least one name'), 'lists of names by group')
    .describe('Groups of people by their names: of API tokens, or as another channel vouches for them.')
    .default({}),
  keys: z.array(ApproverKeyText, 'a list of keys').describe('For answers that were signed offline.').default([]),
});
export type ApprovalSettings = Immutable<z.infer<typeof ApprovalText>>;
export type ApproverKey = ApprovalSettings['keys'][number];
export type ApprovalRules = Pick<ApprovalSettings, keyof typeof rules>;

/** Only what differs from the rules of the whole document. */
export const ApprovalOverrides = record({
  required: rules.required.unwrap().optional(),
  approvers: rules.approvers.unwrap().optional(),
  escalateAfterMs: rules.escalateAfterMs.unwrap().optional(),
  onTimeout: rules.onTimeout.unwrap().optional(),
  breakGlass: rules.breakGlass.unwrap().optional(),
});
