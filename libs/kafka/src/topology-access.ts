import { readSecret } from '#libs/runtime';
import { hostAndPort, type Cluster } from '#libs/topology';
import type { ClusterAccess, KafkaCredentials } from './cluster-access.js';

const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const satisfies Record<string, KafkaCredentials['mechanism']>;

/** `clients`: the listeners that clients use, to see what they see. `control`: those that stay open when these are fenced. */
export type Listener = 'clients' | 'control';

/** How a cluster of the topology is reached; reads the secrets it refers to. @throws SecretError */
export async function accessTo(cluster: Cluster, listener: Listener, timeoutMs: number): Promise<ClusterAccess> {
  const addresses = listener === 'control' ? (cluster.adminBootstrap ?? cluster.bootstrap) : cluster.bootstrap;
  const credentials = await credentialsOf(cluster);
  const tls = await tlsOf(cluster);
  return {
    cluster: cluster.id,
    bootstrap: addresses.map(hostAndPort),
    timeoutMs,
    ...(credentials && { credentials }),
    ...(tls && { tls }),
  };
}

async function credentialsOf({ id, sasl }: Cluster): Promise<ClusterAccess['credentials']> {
  if (!sasl) return undefined;
  const password = await readSecret(sasl.password, `Kafka password of ${sasl.username} on cluster ${id}`);
  return { mechanism: MECHANISMS[sasl.mechanism], username: sasl.username, password: () => password };
}

async function tlsOf({ id, tls }: Cluster): Promise<ClusterAccess['tls']> {
  if (!tls) return undefined;
  const ca = tls.ca && (await readSecret(tls.ca, `trusted certificates of cluster ${id}`));
  return { ...(ca && { ca }), ...(tls.serverName && { servername: tls.serverName }) };
}
