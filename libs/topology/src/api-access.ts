import { z } from 'zod';
import { GroupIdText, HttpUrl, Milliseconds, record, Text } from './scalars.js';

const Role = z.enum(['viewer', 'operator', 'approver', 'admin', 'relay']);
const Groups = z
  .array(GroupIdText, 'a list of groups')
  .min(1, 'at least one group')
  .describe('Where the role may change something; in every group without it. Reading is allowed everywhere.');

const TokenText = record({
  name: Text.describe('Who holds it; stands in the audit.'),
  role: Role.describe(
    'What its holder may do. `relay` is for the notifier alone: it hands on what people answered in a channel.',
  ),
  groups: Groups.optional(),
  sha256: z
    .string('the SHA-256 of the token')
    .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the token in 64 lower-case hex digits'),
});

const GrantText = record({
  value: Text.describe("One of the claim's values, mostly a group of the provider."),
  role: Role.exclude(['relay']),
  groups: Groups.optional(),
});

const PROVIDER_FORM = 'an address like https://sso.example.com, or http:// on this machine only';
const Provider = HttpUrl.refine(
  (text) => text.startsWith('https:') || ['localhost', '127.0.0.1', '[::1]'].includes(new URL(text).hostname),
  PROVIDER_FORM,
);

const OidcText = record({
  issuer: Provider.describe('Exactly as it stands in the tokens (`iss`).'),
  audience: Text.describe('Who its tokens are for (`aud`): mostly the id of a client that is made for Signalbox.'),
  jwksUri: Provider.optional().describe("The provider's keys; by its own discovery document when absent."),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1, 'at least one algorithm')
    .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
    .describe('Signatures that are accepted; no others are, whatever a token says.'),
  clockToleranceMs: Milliseconds.default(10_000).describe("How far the provider's clock may be from ours."),
  nameClaim: Text.default('sub').describe(
    'Who somebody is, for the audit and for not answering what they asked for: the same as `name` of their own token, if they have one.',
  ),
  rolesClaim: Text.default('groups').describe('A text or a list of texts that `grants` speaks of.'),
  grants: z.array(GrantText, 'a list of grants').min(1, 'at least one grant: without any nobody may do anything'),
});

const RateText = record({
  perSecond: z.number('a number').positive('more than 0').default(50),
  burst: z.number('a number').int('a whole number').min(1, 'at least 1').default(500),
});

/** Who may ask an orchestrator, and how often. */
export const ApiText = record({
  tokens: z.array(TokenText, 'a list of tokens').default([]),
  oidc: OidcText.optional().describe('Tokens of an identity provider, beside the ones above: those work without it.'),
  rate: RateText.prefault({}).describe(
    'How often one caller may ask one orchestrator; an address that sends no valid token is held to a tenth of it.',
  ),
});
