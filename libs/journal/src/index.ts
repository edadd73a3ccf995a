export { evidenceChunks, evidenceOf } from './audit-evidence.js';
export { decidedFrom, type Decided } from './decided.js';
export type { EtcdOptions } from './etcd-gateway.js';
export { EtcdJournal } from './etcd.journal.js';
export { InMemoryJournal } from './in-memory.journal.js';
export {
  Journal,
  type Change,
  type CommitOutcome,
  type Condition,
  type Entry,
  type LeaseId,
  type Revision,
  type Snapshot,
  type Transaction,
  type WatchEvent,
  type WatchListener,
} from './journal.js';
export { keys } from './keys.js';
export type { Announcement } from './members.js';
export { Membership } from './membership.js';
export {
  AnsweredRequestWire,
  AttestationsWire,
  AuditHeadWire,
  FreezeWire,
  GroupStateWire,
  InLineWire,
  LoneMoveWire,
  OverridesWire,
  SiteEventWire,
  SiteTurnWire,
  type AnsweredRequest,
  type AuditHead,
} from './records.js';
export { replay, type Difference, type RecordedEntry, type Replayed } from './replay.js';
export { raiseSchema, SCHEMA } from './schema.js';
export { journalAccess } from './topology-access.js';
export { Seat } from './seat.js';
