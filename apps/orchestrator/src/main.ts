import { keyringOf, signingKey } from '#libs/contracts';
import { accessTo } from '#libs/kafka';
import { EventBus, MultiClusterKafkaStrategy, observationsChannel } from '#libs/messaging';
import { bootstrap, readSecret, type Environment } from '#libs/runtime';
import { findSite, loadTopology, topologyHash } from '#libs/topology';
import type { INestApplication } from '@nestjs/common';
import { heartbeatAddress } from './heartbeat/heartbeat-provider.js';
import { OrchestratorModule } from './orchestrator.module.js';
import { ThisProcess } from './this-process.js';

async function load({ configPath, site, process }: Environment) {
  const topology = await loadTopology(configPath, site);
  const { signing, heartbeat } = findSite(topology, site);
  const self = new ThisProcess({
    site,
    process,
    topology,
    topologyHash: topologyHash(topology),
    signingKey: signingKey(signing.keyId, await readSecret(signing.privateKey, `signing key of site ${site}`)),
  });
  const { requestTimeoutMs } = topology.policy;
  const clusters = await Promise.all(topology.clusters.map((each) => accessTo(each, 'control', requestTimeoutMs)));
  return OrchestratorModule.register(
    self,
    clusters,
    heartbeat && (await heartbeatAddress(heartbeat, requestTimeoutMs)),
  );
}

/** Observations come over every cluster that can be reached. */
async function attachBus(app: INestApplication): Promise<void> {
  const channel = observationsChannel(keyringOf(app.get(ThisProcess).topology));
  app.connectMicroservice({ strategy: new MultiClusterKafkaStrategy(app.get(EventBus), [channel]) });
  await app.startAllMicroservices();
}

await bootstrap({ name: 'orchestrator', module: load, attach: attachBus });
