import { chain, GENESIS, layOut, type AuditDraft } from '#libs/audit';
import type { Attestation, Freeze, GroupState, Override, Turn } from '#libs/decision';
import type {
  Approval,
  Epoch,
  Instant,
  NameReport,
  ProcessId,
  ReassertedRecord,
  RpoRecord,
  Run,
  RunId,
  StepRecord,
} from '#libs/domain';
import {
  keys,
  type AnsweredRequest,
  type Change,
  type CommitOutcome,
  type Condition,
  type Entry,
  type Journal,
  type LeaseId,
  type Transaction,
} from '#libs/journal';
import { changesBeside } from './evidence-beside.js';
import type { GroupView, Held } from './group-view.js';
import { endTurn, placeInLine, takeTurn } from './neighbours.js';

const unchanged = (key: string, entry: Entry | undefined): Condition =>
  entry ? { kind: 'unchanged', key, revision: entry.revision } : { kind: 'absent', key };

/**
 * One decision, all or nothing: what was decided, what is owed and the audit entry that says why. It holds only while
 * the group's epoch, state and audit chain are what the view showed.
 */
export class GroupTransaction {
  private readonly conditions: Condition[];
  private readonly changes: Change[] = [];
  private ahead: readonly Transaction[] = [];
  private readonly tellers: (() => void)[] = [];

  constructor(private readonly view: GroupView) {
    this.conditions = [
      unchanged(keys.epoch(view.group), view.epochEntry),
      unchanged(keys.groupState(view.group), view.stateEntry),
      unchanged(keys.hold(view.group), view.holdEntry),
    ];
  }

  /** Only the leader commits this. */
  asLeader(holder: string): this {
    this.conditions.push({ kind: 'equals', key: keys.leader(this.view.group), value: holder });
    return this;
  }

  /** Becomes the leader by this very commit, for as long as the lease lives. */
  claimLeadership(holder: string, lease: LeaseId): this {
    const key = keys.leader(this.view.group);
    this.conditions.push({ kind: 'absent', key });
    this.changes.push({ kind: 'put', key, value: holder, lease });
    return this;
  }

  /** Ends this leader's lead of the group, and nothing else. */
  leaveLeadership(holder: string): this {
    this.changes.push({ kind: 'delete', key: keys.leader(this.view.group) });
    return this.asLeader(holder);
  }

  /** The evidence is still what was looked at: decide, lock and re-observe in one commit. */
  whileUnchanged(...entries: readonly Entry[]): this {
    for (const entry of entries) this.conditions.push(unchanged(entry.key, entry));
    return this;
  }

  newEpoch(epoch: Epoch): this {
    return this.put(keys.epoch(this.view.group), String(epoch));
  }

  state(state: GroupState): this {
    this.changes.push(...placeInLine(state, this.view.neighbours));
    return this.put(keys.groupState(this.view.group), JSON.stringify(state));
  }

  /** What this run is allowed by, among all groups; it is not committed when another group was faster. */
  takeTurn(run: RunId, turn: Turn, at: Instant): this {
    return this.with(takeTurn(turn, run, this.view.group, at, this.view.neighbours));
  }

  endTurn(run: RunId): this {
    return this.with(endTurn(run, this.view.neighbours));
  }

  run(run: Run): this {
    return this.put(keys.run(run.id), JSON.stringify(run));
  }

  /** From here on nobody decides or does anything for the group, until a person has looked; `undefined` ends it. */
  hold(why: string | undefined): this {
    const key = keys.hold(this.view.group);
    if (why !== undefined) return this.put(key, why);
    if (this.view.holdEntry) this.changes.push({ kind: 'delete', key });
    return this;
  }

  /** An operator's stop, or its end. */
  freeze(freeze: Freeze | undefined): this {
    const key = keys.freeze(this.view.group);
    if (freeze) return this.put(key, JSON.stringify(freeze));
    this.changes.push({ kind: 'delete', key });
    return this;
  }

  overrides(overrides: readonly Override[]): this {
    return this.put(keys.overrides(this.view.group), JSON.stringify(overrides));
  }

  attestations(attestations: readonly Attestation[]): this {
    return this.put(keys.attestations(this.view.group), JSON.stringify(attestations));
  }

  approval(approval: Approval): this {
    return this.put(keys.approval(approval.id), JSON.stringify(approval));
  }

  /** What a request is answered, under its idempotency key: it is answered once, in the commit that does what it asks. */
  answered(idempotencyKey: string, answered: AnsweredRequest, lease: LeaseId): this {
    const key = keys.request(idempotencyKey);
    this.conditions.push({ kind: 'absent', key });
    this.changes.push({ kind: 'put', key, value: JSON.stringify(answered), lease });
    return this;
  }

  step(record: StepRecord): this {
    return this.put(keys.step(record.run, record.name), JSON.stringify(record));
  }

  /**
   * The intent, and the mark that workers look for. Durable before anybody acts on it. What the resource was ordered to hold
   * no longer counts: what it holds from here on only the step's worker can tell.
   */
  openStep(record: StepRecord): this {
    this.step(record);
    if (record.action === 'apply')
      this.changes.push({ kind: 'delete', key: keys.order(record.worker, record.resource) });
    return this.put(keys.openStep(record.runsAt, record.run, record.name), keys.step(record.run, record.name));
  }

  closeStep(record: StepRecord): this {
    this.step(record);
    this.changes.push({ kind: 'delete', key: keys.openStep(record.runsAt, record.run, record.name) });
    return this;
  }

  /** The next link of the group's chain; the condition on its head makes the chain gapless. */
  audit(draft: Omit<AuditDraft, 'group'>): this {
    const { group, auditHead, auditHeadEntry } = this.view;
    const laidOut = layOut(draft.evidence);
    const entry = chain(auditHead ?? GENESIS, { ...draft, group, evidence: laidOut.evidence });
    this.conditions.push(unchanged(keys.auditHead(group), auditHeadEntry));
    const beside = changesBeside(group, entry.sequence, laidOut, draft.at);
    this.ahead = beside.ahead;
    this.conditions.push(...beside.conditions);
    this.changes.push(...beside.changes);
    this.put(keys.auditEntry(group, entry.sequence), JSON.stringify(entry));
    return this.put(keys.auditHead(group), JSON.stringify({ sequence: entry.sequence, hash: entry.hash }));
  }

  /** Nobody needs these any more, as they are. */
  remove(...entries: readonly Entry[]): this {
    for (const { key } of entries) this.changes.push({ kind: 'delete', key });
    return this.whileUnchanged(...entries);
  }

  /** So many of a resource's re-assertions stand in the chain with this commit. */
  audited({ value, entry }: Held<ReassertedRecord>): this {
    return this.whileUnchanged(entry).put(entry.key, JSON.stringify({ ...value, audited: value.times }));
  }

  /** What is certified of a failover, where it was as it was seen. */
  rpo(record: RpoRecord, before: Entry | undefined): this {
    const key = keys.rpo(this.view.group);
    this.conditions.push(unchanged(key, before));
    return this.put(key, JSON.stringify(record));
  }

  /** The oldest news of a name stands in the chain with this commit. */
  toldOfName({ value, entry }: Held<NameReport>): this {
    return this.whileUnchanged(entry).put(entry.key, JSON.stringify({ ...value, news: value.news.slice(1) }));
  }

  /** Once it is known to be committed, `tell` is called; it must not throw. */
  afterwards(tell: () => void): this {
    this.tellers.push(tell);
    return this;
  }

  /** @throws SignalboxError as the journal does; whatever was written ahead binds nobody. */
  async commit(journal: Journal): Promise<CommitOutcome> {
    for (const transaction of this.ahead) await journal.commit(transaction);
    const outcome = await journal.commit({ conditions: this.conditions, changes: this.changes });
    if (outcome.committed) for (const tell of this.tellers) tell();
    return outcome;
  }

  private with({ conditions, changes }: Pick<Transaction, 'conditions' | 'changes'>): this {
    this.conditions.push(...conditions);
    this.changes.push(...changes);
    return this;
  }

  private put(key: string, value: string): this {
    this.changes.push({ kind: 'put', key, value });
    return this;
  }
}

/** Names one incarnation of a process as a leader: a restarted process is somebody else. */
export const leaderName = (process: ProcessId, incarnation: string): string => `${process}#${incarnation}`;
