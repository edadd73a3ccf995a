import type { ConnectionOptions } from 'node:tls';
import type { ClusterId } from '#libs/domain';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** As whom we log in. The password is behind a function, so that it stands in no dump of this object. */
export interface KafkaCredentials {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: () => string;
}

/** How one cluster is reached through one of its listeners, as one principal. */
export interface ClusterAccess {
  readonly cluster: ClusterId;
  readonly bootstrap: readonly BrokerAddress[];
  readonly credentials?: KafkaCredentials;
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;
  /** Limit of one connect (TCP, TLS and SASL together) and of one request. A frozen broker answers neither. */
  readonly timeoutMs: number;
}

/** Names cluster and principal for messages: `cluster a as signalbox`. */
export const describeAccess = ({ cluster, credentials }: ClusterAccess): string =>
  `cluster ${cluster} as ${credentials?.username ?? 'anonymous'}`;
