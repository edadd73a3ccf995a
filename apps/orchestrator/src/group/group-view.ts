import {
  ApprovalWire,
  decode,
  GuardRecordWire,
  NameReportWire,
  ReassertedRecordWire,
  RunWire,
  StepRecordWire,
} from '#libs/contracts';
import {
  initialGroupState,
  type Attestation,
  type Freeze,
  type GroupShape,
  type GroupState,
  type GuardEvidence,
  type Override,
} from '#libs/decision';
import {
  epoch,
  type Approval,
  type Epoch,
  type GroupId,
  type NameReport,
  type ReassertedRecord,
  type Run,
  type SiteId,
  type StepRecord,
  type Vote,
} from '#libs/domain';
import {
  AttestationsWire,
  AuditHeadWire,
  FreezeWire,
  GroupStateWire,
  keys,
  OverridesWire,
  type AuditHead,
  type Entry,
  type Snapshot,
} from '#libs/journal';
import type { z } from 'zod';
import { EntryMemo, readerOf, type ReadEntry } from './entry-memo.js';
import { neighboursIn, type HeldNeighbours } from './neighbours.js';
import type { OpenedVotes } from './opened-votes.js';

/** A record of the journal with the entry it came from, so that a transaction can say "unchanged". */
export interface Held<T> {
  readonly value: T;
  readonly entry: Entry;
}

/** Everything about one group at one journal revision. */
export interface GroupView {
  readonly group: GroupId;
  readonly leader: Entry | undefined;
  readonly epochEntry: Entry | undefined;
  readonly epoch: Epoch;
  readonly stateEntry: Entry | undefined;
  readonly state: GroupState;
  /** Why nothing may be decided before `signalbox rescue`; undefined while all is in order. */
  readonly hold: string | undefined;
  readonly holdEntry: Entry | undefined;
  readonly freeze: Freeze | undefined;
  readonly overrides: readonly Override[];
  readonly attestations: readonly Attestation[];
  readonly votes: readonly Held<Vote>[];
  readonly guards: Readonly<Record<string, GuardEvidence & { readonly entry?: Entry }>>;
  readonly auditHead: AuditHead | undefined;
  readonly auditHeadEntry: Entry | undefined;
  /** The run that the state names, and its steps in plan order. */
  readonly run: Held<Run> | undefined;
  readonly steps: readonly Held<StepRecord>[];
  /** The approval that the state names. */
  readonly approval: Held<Approval> | undefined;
  /** What the rules did lately with other groups. */
  readonly neighbours: HeldNeighbours;
  /** How often each weak fence was re-asserted; a record that cannot be read is left out. */
  readonly reasserted: readonly Held<ReassertedRecord>[];
  /** What each site saw of each name; one that cannot be read is left out. */
  readonly names: readonly Held<NameReport>[];
}

export interface GroupNames {
  readonly group: GroupId;
  readonly home: SiteId;
  readonly sites: readonly SiteId[];
  readonly tier?: GroupShape['tier'];
}

/** Decodes a snapshot; pure. Throws a typed error that names the key when a record is malformed. */
export function groupViewOf(
  snapshot: Snapshot,
  { group, home, sites, tier }: GroupNames,
  votes: readonly Held<Vote>[],
  memo: EntryMemo,
): GroupView {
  const entryAt = (key: string) => snapshot.entries.find((entry) => entry.key === key);
  const read = readerOf(memo);
  const stateEntry = entryAt(keys.groupState(group));
  const state = stateEntry ? read(GroupStateWire, stateEntry) : initialGroupState(group, home);
  const epochEntry = entryAt(keys.epoch(group));
  const holdEntry = entryAt(keys.hold(group));
  const freezeEntry = entryAt(keys.freeze(group));
  const overridesEntry = entryAt(keys.overrides(group));
  const attestationsEntry = entryAt(keys.attestations(group));
  const auditHeadEntry = entryAt(keys.auditHead(group));
  const runEntry = state.phase === 'running' ? entryAt(keys.run(state.run)) : undefined;
  const approvalEntry = state.phase === 'awaiting-approval' ? entryAt(keys.approval(state.approval)) : undefined;
  return {
    group,
    leader: entryAt(keys.leader(group)),
    epochEntry,
    epoch: epoch(Number(epochEntry?.value ?? 0)),
    stateEntry,
    state,
    hold: holdEntry?.value,
    holdEntry,
    freeze: freezeEntry && read(FreezeWire, freezeEntry),
    overrides: overridesEntry ? read(OverridesWire, overridesEntry) : [],
    attestations: attestationsEntry ? read(AttestationsWire, attestationsEntry) : [],
    votes,
    guards: Object.fromEntries(sites.map((site) => [site, guardOf(site, entryAt, read)])),
    auditHead: auditHeadEntry && read(AuditHeadWire, auditHeadEntry),
    auditHeadEntry,
    run: runEntry && { value: read(RunWire, runEntry), entry: runEntry },
    steps: runEntry ? stepsOf(snapshot, read(RunWire, runEntry), memo) : [],
    approval: approvalEntry && {
      value: read(ApprovalWire, approvalEntry),
      entry: approvalEntry,
    },
    neighbours: neighboursIn(snapshot, group, tier, read),
    reasserted: readableIn(snapshot, keys.reassertions(group), ReassertedRecordWire),
    names: readableIn(snapshot, keys.nameReports(group), NameReportWire),
  };
}

/** Records that nothing hangs on: one that cannot be read is left out. */
const readableIn = <S extends z.ZodType>(snapshot: Snapshot, prefix: string, schema: S): Held<z.output<S>>[] =>
  snapshot.entries
    .filter(({ key }) => key.startsWith(prefix))
    .flatMap((entry) => {
      const record = decode(schema, entry.value, entry.key);
      return record.ok ? [{ value: record.value, entry }] : [];
    });

function guardOf(
  site: SiteId,
  entryAt: (key: string) => Entry | undefined,
  read: ReadEntry,
): GuardEvidence & { entry?: Entry } {
  const entry = entryAt(keys.guard(site));
  const record = entry && read(GuardRecordWire, entry);
  return { record, leaseHeld: entryAt(keys.guardLease(site)) !== undefined, ...(entry && { entry }) };
}

/** A run's steps, in the order of its plan and then of its compensation. */
export function stepsOf(snapshot: Snapshot, run: Run, memo = new EntryMemo()): Held<StepRecord>[] {
  const read = readerOf(memo);
  const prefix = keys.runRecords(run.id);
  const held = snapshot.entries
    .filter((entry) => entry.key.startsWith(prefix) && entry.key !== keys.run(run.id))
    .map((entry) => ({ value: read(StepRecordWire, entry), entry }));
  const steps = [...run.plan.steps, ...(run.compensation?.steps ?? [])];
  return steps.flatMap((step) => held.filter(({ value }) => value.name === step.name));
}

/**
 * The votes of a snapshot. One that is malformed, or that its own site did not sign, is left out: it is no opinion, and
 * must not silence the others.
 */
export function votesIn(snapshot: Snapshot, opened: OpenedVotes): Held<Vote>[] {
  return snapshot.entries
    .filter((entry) => entry.key.startsWith(keys.votes()))
    .flatMap((entry) => {
      const vote = opened.open(entry);
      return vote.ok ? [{ value: vote.value, entry }] : [];
    });
}
