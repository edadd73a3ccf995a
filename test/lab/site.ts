import type { LabSite, Layout } from './layout.js';
import { PORTS } from './layout.js';

/** Where the parts of one site are reached. The witness has no Kafka, Connect and Redis. */
export interface Site {
  readonly id: LabSite;
  readonly address: string;
  readonly kafka: {
    /** For clients: the listener that the ladder's last rung closes. */
    readonly clientAddress: string;
    /** For Signalbox's own control traffic. */
    readonly adminAddress: string;
  };
  readonly connectUrl: string;
  readonly redisUrl: string;
  readonly etcdUrl: string;
  /** The hidden primary at `w`, a secondary elsewhere. */
  readonly dnsAddress: string;
  readonly apiUrl: string;
}

export function siteOf(layout: Layout, id: LabSite): Site {
  const address = layout.address(id);
  return {
    id,
    address,
    kafka: { clientAddress: `${address}:${PORTS.kafkaClient}`, adminAddress: `${address}:${PORTS.kafkaAdmin}` },
    connectUrl: `http://${address}:${PORTS.connect}`,
    redisUrl: `redis://${address}:${PORTS.redis}`,
    etcdUrl: `http://${address}:${PORTS.etcdClient}`,
    dnsAddress: `${address}:${PORTS.dns}`,
    apiUrl: `http://${address}:${PORTS.orchestrator}`,
  };
}
