import { rpoCertificate, rpoMeasurement, type Certified } from '#libs/audit';
import { decode, openFlowPositions, RpoRecordWire, type Keyring } from '#libs/contracts';
import type { Settings } from '#libs/decision';
import {
  flowId,
  instant,
  type Backlog,
  type FlowPositions,
  type Instant,
  type Json,
  type ReturningSite,
  type RpoRecord,
  type Run,
} from '#libs/domain';
import { keys, type Entry, type Journal } from '#libs/journal';
import type { Clock } from '#libs/runtime';
import type { Leader } from './evaluation.js';
import { GroupTransaction } from './group-transaction.js';
import type { GroupView } from './group-view.js';
import { overdueMs } from './self-fence-watch.js';

/** How far the certificate of a run has come. */
type Stage = 'certified' | 'closed' | 'measured';

/**
 * Takes into the audit chain what a failover may lose: when it begins, by the positions that were kept outside the lost
 * site; again when that site's fence was read back, since until then it may have taken writes; and what was truly
 * stranded, once the site is back. Decides nothing, and holds nothing up.
 */
export class RpoNotes {
  /** What needs no further look, by run; read from the journal by a process that does not know. */
  private readonly done = new Map<string, Stage>();

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly keyring: Keyring,
  ) {}

  /** The transaction of the next note; undefined when there is none. @throws UnavailableError */
  async next(view: GroupView, leader: Leader): Promise<GroupTransaction | undefined> {
    const { run } = view;
    if (run?.value.plan.kind === 'failover') return this.ofRun(view, leader, run.value);
    // In a cluster that is another one than it was, nothing can be counted that was lost.
    const returned = Object.values(view.state.returning).flatMap(({ leftBy, rebornAs, stranded }) =>
      leftBy && stranded && rebornAs === undefined ? [{ leftBy, stranded }] : [],
    );
    const unmeasured = returned.find(({ leftBy }) => this.done.get(leftBy) !== 'measured');
    return unmeasured && this.ofReturned(view, leader, unmeasured);
  }

  private async ofRun(view: GroupView, leader: Leader, run: Run): Promise<GroupTransaction | undefined> {
    const fencedAt = fencedAtOf(view, run);
    const stage: Stage = fencedAt === undefined ? 'certified' : 'closed';
    if (this.done.get(run.id) === stage) return undefined;
    const { entry, record } = await this.kept(view);
    if (record?.run === run.id && (fencedAt === undefined || !record.isOpen)) {
      this.done.set(run.id, stage);
      return undefined;
    }
    const facts = { run: run.id, from: run.plan.from, at: this.clock.now(), isOpen: fencedAt === undefined };
    const next = await this.certify(run, { ...facts, ...(fencedAt !== undefined && { fencedAt }) });
    const rule = fencedAt === undefined ? 'rpo-certified' : 'rpo-closed';
    return this.note(view, leader, next, entry).audit(this.entry(view, leader, rule, next));
  }

  private async ofReturned(
    view: GroupView,
    leader: Leader,
    { leftBy, stranded }: Required<Pick<ReturningSite, 'leftBy' | 'stranded'>>,
  ): Promise<GroupTransaction | undefined> {
    const { entry, record } = await this.kept(view);
    if (record?.run !== leftBy || record.measurements) {
      this.done.set(leftBy, 'measured');
      return undefined;
    }
    const measurements = record.certificates.map((one) => rpoMeasurement(one, ofFlow(stranded, one.positions)));
    const next: RpoRecord = { ...record, measurements };
    return this.note(view, leader, next, entry).audit(this.entry(view, leader, 'rpo-measured', { measurements }));
  }

  private async certify({ plan }: Run, facts: Certified): Promise<RpoRecord> {
    const flows = this.settings.shape.flows.filter(({ from, to }) => from === plan.from && to === plan.to);
    const found = await Promise.all(
      flows.map(async ({ id }) => ({ flow: flowId(id), positions: await this.freshest(id) })),
    );
    return {
      run: facts.run,
      isOpen: facts.isOpen,
      certificates: found.flatMap(({ positions }) => (positions ? [rpoCertificate(positions, facts)] : [])),
      unknown: found.flatMap(({ flow, positions }) => (positions ? [] : [flow])),
    };
  }

  /** Of several processes that watch a flow, the one that heard of its source last. */
  private async freshest(flow: string): Promise<FlowPositions | undefined> {
    const { entries } = await this.journal.read(keys.positionsOf(flowId(flow)));
    const opened = entries.flatMap(({ key, value }) => {
      const read = openFlowPositions(value, this.keyring, key);
      return read.ok && read.value.flow === flow ? [read.value] : [];
    });
    return opened.toSorted((a, b) => heardAt(b) - heardAt(a))[0];
  }

  private async kept({ group }: GroupView): Promise<{ readonly entry?: Entry; readonly record?: RpoRecord }> {
    const [entry] = (await this.journal.read(keys.rpo(group))).entries;
    if (!entry) return {};
    const read = decode(RpoRecordWire, entry.value, entry.key);
    return { entry, ...(read.ok && { record: read.value }) };
  }

  private note(view: GroupView, leader: Leader, record: RpoRecord, entry: Entry | undefined): GroupTransaction {
    return new GroupTransaction(view).asLeader(leader.name).rpo(record, entry);
  }

  private entry(view: GroupView, { actor }: Leader, rule: string, evidence: object) {
    const { phase } = view.state;
    return {
      at: this.clock.now(),
      actor,
      rule,
      before: phase,
      after: phase,
      epoch: view.epoch,
      evidence: evidence as unknown as Json,
    };
  }
}

const heardAt = ({ writtenAt, sourceAgeMs }: FlowPositions): number => writtenAt - sourceAgeMs;

/** When the old site's fence was read back, or the wait for its guard was over, however late somebody looked. */
function fencedAtOf({ steps }: GroupView, { plan }: Run): Instant | undefined {
  const fence = steps.map(({ value }) => value).find(({ fences, status }) => fences === plan.from && status === 'done');
  return fence?.finishedAt === undefined ? undefined : instant(fence.finishedAt - overdueMs(fence.verifiedBy));
}

/** A site may have several flows out of it: each is measured by its own topics. */
function ofFlow({ ranges }: Backlog, { partitions, rest }: FlowPositions): Backlog {
  const own = new Set(partitions.map(({ topic }) => topic));
  const mine = rest.partitions > 0 ? ranges : ranges.filter(({ topic }) => own.has(topic));
  return { ranges: mine, records: mine.reduce((sum, { from, to }) => sum + to - from, 0) };
}
