import { readFileSync } from 'node:fs';
import { messageOf, SignalboxError } from '#libs/domain';
import { hostAndPort, type Cluster, type SecretRef } from '#libs/topology';
import type { ClusterAccess, KafkaCredentials } from './cluster-access.js';

/** A file that signalbox.yaml refers to cannot be read. Says nothing of what stands in others. */
export class KafkaSecretError extends SignalboxError {
  readonly code = 'SB_KAFKA_SECRET';
  readonly retryable = true;
}

const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const satisfies Record<string, KafkaCredentials['mechanism']>;

/** `clients`: the listeners that clients use, to see what they see. `control`: those that stay open when these are fenced. */
export type Listener = 'clients' | 'control';

/** How a cluster of the topology is reached. Secrets are read when a connection is made, so a changed file is enough. */
export const accessTo = (cluster: Cluster, listener: Listener, timeoutMs: number): ClusterAccess => {
  const addresses = listener === 'control' ? (cluster.adminBootstrap ?? cluster.bootstrap) : cluster.bootstrap;
  const { sasl, tls } = cluster;
  return {
    cluster: cluster.id,
    bootstrap: addresses.map(hostAndPort),
    timeoutMs,
    ...(sasl && {
      credentials: {
        mechanism: MECHANISMS[sasl.mechanism],
        username: sasl.username,
        password: () => secretIn(sasl.password, `password of ${sasl.username} on cluster ${cluster.id}`),
      },
    }),
    ...(tls && {
      tls: {
        ...(tls.ca && { ca: secretIn(tls.ca, `certificates of cluster ${cluster.id}`) }),
        ...(tls.serverName && { servername: tls.serverName }),
      },
    }),
  };
};

const secretIn = ({ file }: SecretRef, what: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new KafkaSecretError(`The ${what} cannot be read: ${messageOf(error)}`, { cause: error });
  }
};
