import { z } from 'zod';
import type { Immutable } from './immutable.js';
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
  connect: HttpAddress.optional().describe('Connect workers of this site; they run the mirrors that end here.'),
});
export type Cluster = Immutable<z.infer<typeof ClusterText>>;
