import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { KubernetesAccessText, Namespace, ObjectName } from './kubernetes.js';
import {
  Command,
  Endpoint,
  HttpAddress,
  Milliseconds,
  record,
  RedisAddress,
  SecretRef,
  SiteIdText,
  Text,
} from './scalars.js';

const PUBLIC_KEY = 'a raw Ed25519 public key in base64: 44 characters';
const PublicKey = z.string(PUBLIC_KEY).regex(/^[A-Za-z0-9+/]{43}=$/, PUBLIC_KEY);

const PortNumber = z
  .number('a port')
  .int('a whole number')
  .min(1, 'a port from 1 to 65535')
  .max(65_535, 'a port from 1 to 65535');

const FencePolicyText = record({
  access: KubernetesAccessText.default('in-cluster').describe(
    'How the site-guard of this site, and nobody else, reaches the API server of this site.',
  ),
  namespace: Namespace.describe('Where the brokers of this site run.'),
  name: ObjectName.describe('Of the NetworkPolicy. Signalbox makes it and takes over none.'),
  podLabels: z
    .record(Text, z.string('a text'), 'labels with their values')
    .refine((labels) => Object.keys(labels).length > 0, 'at least one label')
    .describe('All brokers of this site carry them, and nothing else does.'),
  ports: z
    .array(PortNumber, 'a list of ports')
    .min(1, 'at least one port')
    .describe("The pods' own ports of the listeners that clients use, not those of a Service. All others stay open."),
});

export const SiteText = record({
  id: SiteIdText,
  witness: z
    .boolean('true or false')
    .default(false)
    .describe('A witness has vantage points and a journal member, but no Kafka and no workers.'),
  api: HttpAddress.describe("Where this site's orchestrator is reached by people and other sites."),
  redis: RedisAddress.optional().describe("The site's own job queue; absent at a witness."),
  signing: record({
    keyId: Text,
    publicKey: PublicKey,
    privateKey: SecretRef.describe('PKCS#8 PEM; present only at the site it belongs to.'),
    alsoAccepted: z
      .array(record({ keyId: Text, publicKey: PublicKey }), 'a list of key ids with their public keys')
      .default([])
      .describe('Keys of this site that count besides: the next one or the last one, while processes restart.'),
  }).describe('Ed25519 key that signs what this site says.'),
  anchors: z
    .array(Endpoint, 'a list of host:port')
    .min(2, "at least two of: the site's own gateway, another site, an independent address")
    .describe('An observer that reaches fewer than two of these abstains: it may be the one that is cut off.'),
  resolvers: z
    .array(Endpoint, 'a list of host:port')
    .default([])
    .describe(
      'The caching resolvers that clients at this site use: asked until they give the new answer of a switched name.',
    ),
  heartbeat: record({
    url: SecretRef.describe(
      'Address that is asked, by GET: who knows it can feign that all is well, so it is a secret.',
    ),
    everyMs: Milliseconds.default(30_000),
  })
    .optional()
    .describe("A dead-man service outside, which alarms when it does not hear from this site's orchestrator."),
  fenceCommand: record({ close: Command, open: Command, status: Command })
    .optional()
    .describe(
      'Last rung of the fence ladder: closes and opens Kafka for clients when the broker does not answer. `status` exits 0 when open, 1 when closed.',
    ),
  fencePolicy: FencePolicyText.optional().describe(
    'Last rung of the fence ladder where the brokers are pods, instead of fenceCommand: a NetworkPolicy. A site has one of them at most.',
  ),
});
export type Site = Immutable<z.infer<typeof SiteText>>;
