import { signingKey } from '#libs/contracts';
import { journalAccess, type EtcdOptions } from '#libs/journal';
import { accessTo, type ClusterAccess, type Listener } from '#libs/kafka';
import { readSecret, type Environment } from '#libs/runtime';
import {
  connectorsOf,
  findSite,
  hostAndPort,
  loadTopology,
  topologyHash,
  type Flow,
  type Policy,
} from '#libs/topology';
import type { Speaker } from './reporting.js';

export interface FlowSettings {
  readonly flow: Flow;
  /** Connect of this site, which runs the flow's mirror. */
  readonly connect: string;
  /** Name of its MirrorSourceConnector there. */
  readonly source: string;
}

/** Everything a health monitor is told, read and checked before it starts. */
export interface Settings {
  readonly speaker: Speaker;
  readonly policy: Policy;
  readonly journal: EtcdOptions;
  readonly anchors: readonly { readonly host: string; readonly port: number }[];
  /** For the probes, with their time-out. */
  readonly probed: readonly ClusterAccess[];
  /** For the event bus. */
  readonly bus: readonly ClusterAccess[];
  readonly flows: readonly FlowSettings[];
}

/** @throws TopologyError, SecretError, SigningKeyError */
export async function loadSettings({ configPath, site, process }: Environment): Promise<Settings> {
  const topology = await loadTopology(configPath, site);
  const { signing, anchors } = findSite(topology, site);
  const { clusters, policy } = topology;
  const key = signingKey(signing.keyId, await readSecret(signing.privateKey, `signing key of site ${site}`));
  const access = (listener: Listener, timeoutMs: number) =>
    Promise.all(clusters.map((cluster) => accessTo(cluster, listener, timeoutMs)));
  return {
    speaker: { site, process, key, configHash: topologyHash(topology) },
    policy,
    // A member that does not answer must leave time for another one before the votes end.
    journal: await journalAccess(topology, site, Math.min(policy.requestTimeoutMs, policy.voteTtlMs / 2)),
    anchors: anchors.map(hostAndPort),
    probed: await access('clients', policy.probeTimeoutMs),
    bus: await access('control', policy.requestTimeoutMs),
    flows: topology.flows.flatMap((flow) => {
      const target = clusters.find(({ id }) => id === flow.target);
      const connectors = connectorsOf(flow, target?.connect);
      return target?.site === site && connectors ? [{ flow, ...connectors }] : [];
    }),
  };
}
