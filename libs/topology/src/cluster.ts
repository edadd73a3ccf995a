import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { KubernetesAccessText, Namespace, ObjectName } from './kubernetes.js';
import { ClusterIdText, Endpoint, HttpAddress, record, SecretRef, SiteIdText, Text } from './scalars.js';

export const Sasl = record({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
  username: Text,
  password: SecretRef,
});
export type Sasl = Immutable<z.infer<typeof Sasl>>;

export const Tls = record({
  ca: SecretRef.optional().describe('Certificates to trust, PEM; the system ones when absent.'),
  serverName: Text.optional().describe('Expected in the certificate, when it differs from the host.'),
});
export type Tls = Immutable<z.infer<typeof Tls>>;

const WriteFenceText = z
  .discriminatedUnion(
    'by',
    [
      record({
        by: z.literal('acl').describe('ACLs that Signalbox makes and removes; what is done without writeFence.'),
      }),
      record({
        by: z
          .literal('kafka-users')
          .describe(
            "deny rules in KafkaUsers, where Strimzi's User Operator owns the ACLs: it removes those of others.",
          ),
        access: KubernetesAccessText.default('in-cluster').describe(
          'How the site-guard of that site, and nobody else, reaches the API server of that site.',
        ),
        namespace: Namespace,
        own: ObjectName.describe(
          'The KafkaUser that Signalbox logs in as: it is denied its own probe, to feel the fence.',
        ),
      }),
      record({
        by: z
          .literal('message-size')
          .describe(
            'max.message.bytes=78 on the topics, where there is no authorizer. Weak: it closes out everybody or nobody, so ' +
              'clients are not kept out of a site that the mirror writes to.',
          ),
      }),
    ],
    'by: acl, kafka-users or message-size',
  )
  .describe('How clients are kept from writing here.');

const Brokers = z.array(Endpoint, 'a list of host:port').min(1, 'at least one host:port');

export const ClusterText = record({
  id: ClusterIdText,
  site: SiteIdText,
  bootstrap: Brokers.describe('Listeners that clients use, so that probes see what clients see.'),
  adminBootstrap: Brokers.optional().describe("Listeners for Signalbox's own control traffic; bootstrap when absent."),
  sasl: Sasl.optional(),
  tls: Tls.optional(),
  openByDefault: z
    .boolean('true or false')
    .default(false)
    .describe("The brokers' allow.everyone.if.no.acl.found: decides how a write fence is written."),
  writeFence: WriteFenceText.optional(),
  connect: HttpAddress.optional().describe('Connect workers of this site; they run the mirrors that end here.'),
});
export type Cluster = Immutable<z.infer<typeof ClusterText>>;
export type WriteFence = NonNullable<Cluster['writeFence']>;
export type WriteFenceBy<By extends WriteFence['by']> = Extract<WriteFence, { readonly by: By }>;
