import type { AccessRules } from './access-rules.js';
import { BrokerPool } from './broker-pool.js';
import type { ClusterAccess } from './cluster-access.js';
import type { ClusterState } from './cluster-state.js';
import type { ConsumerGroups } from './consumer-groups.js';
import { PlatformaticAccessRules } from './platformatic.access-rules.js';
import { PlatformaticClusterState } from './platformatic.cluster-state.js';
import { PlatformaticConsumerGroups } from './platformatic.consumer-groups.js';
import { PlatformaticTopicConfigs } from './platformatic.topic-configs.js';
import { PlatformaticTopicLog } from './platformatic.topic-log.js';
import type { TopicConfigs } from './topic-configs.js';
import type { TopicLog } from './topic-log.js';

/** One cluster as one principal. The five ports share one socket per broker, and a broker answers one call at a time. */
export interface KafkaCluster {
  readonly log: TopicLog;
  readonly rules: AccessRules;
  readonly configs: TopicConfigs;
  readonly groups: ConsumerGroups;
  readonly state: ClusterState;
  close(): Promise<void>;
}

/** Connects when it is first used, and again whenever a connection was lost. */
export function openCluster(access: ClusterAccess): KafkaCluster {
  const pool = new BrokerPool(access);
  return {
    log: new PlatformaticTopicLog(pool),
    rules: new PlatformaticAccessRules(pool),
    configs: new PlatformaticTopicConfigs(pool),
    groups: new PlatformaticConsumerGroups(pool),
    state: new PlatformaticClusterState(pool),
    close: () => pool.close(),
  };
}
