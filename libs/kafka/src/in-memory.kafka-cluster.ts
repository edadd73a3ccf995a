import { InMemoryAccessRules } from './in-memory.access-rules.js';
import { InMemoryClusterState } from './in-memory.cluster-state.js';
import { InMemoryConsumerGroups } from './in-memory.consumer-groups.js';
import type { InMemoryKafka } from './in-memory.kafka.js';
import { InMemoryTopicConfigs } from './in-memory.topic-configs.js';
import { InMemoryTopicLog } from './in-memory.topic-log.js';
import type { KafkaCluster } from './kafka-cluster.js';

/** As `openCluster`, of a cluster in memory. */
export const openInMemory = (kafka: InMemoryKafka, principal = 'User:admin'): KafkaCluster => ({
  log: new InMemoryTopicLog(kafka, principal),
  rules: new InMemoryAccessRules(kafka, principal),
  configs: new InMemoryTopicConfigs(kafka, principal),
  groups: new InMemoryConsumerGroups(kafka, principal),
  state: new InMemoryClusterState(kafka, principal),
  close: () => Promise.resolve(),
});
