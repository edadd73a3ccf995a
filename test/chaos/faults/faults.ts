import type { FaultName } from '../schedule.js';
import {
  connectKilled,
  dnsStopped,
  etcdLeaderCut,
  etcdLeaderKilled,
  kafkaSlow,
  noRedis,
  redisFlushed,
} from './parts.js';
import { leaderFrozen, leaderKilled, processFrozen, processKilled, twoOrchestrators } from './processes.js';
import { nothingToMend, type Fault } from './strike.js';

export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  'leader-killed': leaderKilled,
  'leader-frozen': leaderFrozen,
  'process-killed': processKilled,
  'process-frozen': processFrozen,
  'two-orchestrators': twoOrchestrators,
  'etcd-leader-killed': etcdLeaderKilled,
  'etcd-leader-cut': etcdLeaderCut,
  'redis-flushed': redisFlushed,
  'no-redis': noRedis,
  'dns-stopped': dnsStopped,
  'connect-killed': connectKilled,
  'kafka-b-slow': kafkaSlow,
  none: { lasts: 'run', strike: () => Promise.resolve({ what: 'nothing but the stale actor', mend: nothingToMend }) },
};
