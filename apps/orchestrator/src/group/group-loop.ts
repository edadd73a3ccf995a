import type { Journal } from '#libs/journal';
import type { Clock } from '#libs/runtime';
import { hasRun, type RunDriver } from '../run/run-driver.js';
import type { Evaluation, Leader } from './evaluation.js';
import type { GroupReader } from './group-reader.js';
import { GroupTransaction } from './group-transaction.js';
import type { GroupVersions } from './group-versions.js';
import type { GroupView } from './group-view.js';
import type { Leadership } from './leadership.js';
import type { NameNotes } from './name-notes.js';
import type { ReassertionNotes } from './reassertion-notes.js';
import type { Retention } from './retention.js';
import type { RpoNotes } from './rpo-notes.js';
import type { SelfFenceWatch } from './self-fence-watch.js';

/** The parts of one group's loop; each is pure or a port's user, and none knows the others. */
export interface GroupParts {
  readonly reader: GroupReader;
  readonly evaluation: Evaluation;
  readonly driver: RunDriver;
  readonly selfFences: SelfFenceWatch;
  readonly notes: ReassertionNotes;
  readonly nameNotes: NameNotes;
  /** Absent where nobody keeps positions: in a simulation. */
  readonly rpoNotes?: RpoNotes;
  readonly versions: GroupVersions;
  readonly retention: Retention;
}

/** What a turn came to: whether looking again at once can move something. */
type Turn = 'again' | 'rest';

/**
 * One group: load → decide → one transaction. Everything is re-read before each decision, so a missed wake-up costs
 * one tick and a lost commit is simply decided again. Turns never overlap.
 */
export class GroupLoop {
  private ownerlessSinceMs: number | undefined;

  constructor(
    private readonly parts: GroupParts,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly leadership: Leadership,
    private readonly leader: Leader,
    private readonly onView: (view: GroupView) => void,
  ) {}

  /** Turns until there is nothing left to do for now. @throws SignalboxError when the journal does not answer. */
  async settle(): Promise<void> {
    while ((await this.turn()) === 'again');
  }

  private async turn(): Promise<Turn> {
    const view = await this.parts.reader.read();
    this.parts.selfFences.observe(view);
    const leads = view.leader?.value === this.leader.name;
    this.onView(view);
    if (!this.parts.versions.mayLead(view)) return leads ? this.handOver(view) : 'rest';
    if (view.hold !== undefined) return 'rest';
    if (view.leader === undefined) return this.claim(view);
    this.ownerlessSinceMs = undefined;
    if (!leads || !(await this.leadership.hold())) return 'rest';
    const behind = this.parts.evaluation.behind(view, this.leader);
    if (behind) return this.commit(behind);
    return hasRun(view) ? this.drive(view) : this.evaluate(view);
  }

  /** Leaves this group, and no other one, to a process that knows what is written of it. */
  private async handOver(view: GroupView): Promise<Turn> {
    await new GroupTransaction(view).leaveLeadership(this.leader.name).commit(this.journal);
    return 'rest';
  }

  /** Claims an ownerless group. An open run gets its new epoch in the very commit that makes us its leader. */
  private async claim(view: GroupView): Promise<Turn> {
    const nowMs = this.clock.monotonicMs();
    this.ownerlessSinceMs ??= nowMs;
    const lease = await this.leadership.candidacy(nowMs - this.ownerlessSinceMs);
    if (lease === undefined) return 'rest';
    const transaction = new GroupTransaction(view).claimLeadership(this.leader.name, lease);
    if (hasRun(view)) this.parts.driver.takeOver(view, transaction, this.leader);
    return this.commit(transaction);
  }

  private async evaluate(view: GroupView): Promise<Turn> {
    const next = this.parts.evaluation.next(view, this.leader);
    if (!next) return (await this.note(view)) === 'again' ? 'again' : this.tidy(view);
    return this.commit(next.transaction);
  }

  private async drive(view: GroupView & Parameters<RunDriver['next']>[0]): Promise<Turn> {
    const next = this.parts.driver.next(view, this.leader);
    return next === undefined ? this.note(view) : this.commit(next);
  }

  /** When nothing is to be decided: what workers did without a step goes into the audit chain. */
  private async note(view: GroupView): Promise<Turn> {
    const { evaluation, notes, nameNotes, rpoNotes } = this.parts;
    const note =
      evaluation.escalation(view, this.leader) ??
      notes.next(view, this.leader) ??
      nameNotes.next(view, this.leader) ??
      (await rpoNotes?.next(view, this.leader));
    return note ? this.commit(note) : 'rest';
  }

  private async commit(transaction: GroupTransaction): Promise<Turn> {
    await transaction.commit(this.journal);
    return 'again';
  }

  /** When there is nothing to note either. */
  private async tidy(view: GroupView): Promise<Turn> {
    const removal = await this.parts.retention.next(view, this.leader);
    if (!removal) return 'rest';
    await removal.commit(this.journal);
    return 'again';
  }
}
