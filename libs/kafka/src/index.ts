export { AccessRules, type AccessRule, type TopicOperation } from './access-rules.js';
export type { BrokerAddress, ClusterAccess, KafkaCredentials } from './cluster-access.js';
export { ClusterState, type PartitionHealth } from './cluster-state.js';
export { ConsumerGroups, type CommitOfGroup, type GroupCommit } from './consumer-groups.js';
export { isAuthorizationFailure, KafkaAuthenticationError, KafkaRefusedError } from './errors.js';
export { checkpointKey, checkpointValue, readCheckpoint, type GroupCheckpoint } from './mirrormaker/checkpoint.js';
export { MalformedRecordError } from './mirrormaker/errors.js';
export { mannerOf, type FlowManner } from './mirrormaker/flow-manner.js';
export { heartbeatKey, heartbeatValue, readHeartbeat, type Heartbeat } from './mirrormaker/heartbeat.js';
export { offsetSyncKey, offsetSyncValue, readOffsetSync, type OffsetSync } from './mirrormaker/offset-sync.js';
export {
  checkpointsTopicOf,
  isNeverCopied,
  offsetSyncsTopicOf,
  sourceTopicOf,
  targetTopicOf,
  type FlowNaming,
} from './mirrormaker/replicated-names.js';
export {
  readSourceOffset,
  sourceOffsetKey,
  sourceOffsetValue,
  type SourceOffset,
} from './mirrormaker/source-offset.js';
export { chained, fingerprintOf } from './copying/fingerprint.js';
export { InMemoryTransactionalWriter } from './copying/in-memory.transactional-writer.js';
export { InMemoryWholeLog } from './copying/in-memory.whole-log.js';
export { openCopying, type OpenCopying } from './copying/open-copying.js';
export {
  TransactionalWriter,
  type CommitOutcome,
  type PartitionAppend,
  type TopicDraft,
  type WriterSession,
} from './copying/transactional-writer.js';
export { WholeLog, type WholePage, type WholeReadOptions } from './copying/whole-log.js';
export { headerOf, type StoredWholeRecord, type WholeHeader, type WholeRecord } from './copying/whole-record.js';
export { GroupCheckpoints } from './positions/group-checkpoints.js';
export { LogTail, type TailReader } from './positions/log-tail.js';
export { firstToCopy, SALVAGED_FROM, type MirroredLog } from './positions/left-out.js';
export { OffsetSyncs } from './positions/offset-syncs.js';
export {
  PositionBook,
  type BookOptions,
  type MirrorLook,
  type PositionSample,
  type SourceLook,
} from './positions/position-book.js';
export { rebirthInWords, signsOfRebirth, type ClusterMemory, type RebirthSign } from './positions/rebirth.js';
export { InMemoryOffsetSweep } from './sweep/in-memory.offset-sweep.js';
export { OffsetSweep, type Isolation, type PartitionOffsets, type SweptOffsets } from './sweep/offset-sweep.js';
export { openSweep, type OpenSweep } from './sweep/open-sweep.js';
export { SWEEP_DEFAULTS, type SweepOptions } from './sweep/platformatic.offset-sweep.js';
export { InMemoryKafka, type ClusterCondition } from './in-memory.kafka.js';
export { openInMemory } from './in-memory.kafka-cluster.js';
export { openCluster, type KafkaCluster } from './kafka-cluster.js';
export { TopicConfigs } from './topic-configs.js';
export { TopicLog, type AppendOutcome, type LogRecord, type ReadOptions, type StoredRecord } from './topic-log.js';
export { accessTo, type Listener } from './topology-access.js';
