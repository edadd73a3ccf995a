import type { GivenAnswer } from '#libs/decision';
import { isPending, SignalboxError, type Approval, type SiteId } from '#libs/domain';
import { ApiError } from '../../../apps/orchestrator/src/api/api-error.js';
import { abortRun } from '../../../apps/orchestrator/src/operation/abort.js';
import { answerApproval } from '../../../apps/orchestrator/src/approval/answer-approval.js';
import { attest } from '../../../apps/orchestrator/src/operation/attest.js';
import { freeze } from '../../../apps/orchestrator/src/operation/freeze.js';
import { retryRun } from '../../../apps/orchestrator/src/operation/intervene.js';
import { release } from '../../../apps/orchestrator/src/operation/release.js';
import { requestMove } from '../../../apps/orchestrator/src/operation/move-request.js';
import type { Operation } from '../../../apps/orchestrator/src/operation/operation.js';
import { askedBy } from '../../support/asked-by.js';
import type { Facts } from '../judge/facts.js';
import type { Draw } from '../kernel/draw.js';
import { A, DATA_SITES } from '../world/ground.js';
import type { Cast } from './cast.js';
import type { SimOrchestrator } from './orchestrator.js';
import type { Stage } from './stage.js';

const LOOK_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;

export type Habit = 'late' | 'double' | 'wrong';
export type Wish = 'switchover' | 'failover' | 'failback' | 'reprotect' | 'abort' | 'freeze';

const said = (by: string, decision: GivenAnswer['decision'], planHash: string): GivenAnswer => ({
  decision,
  by,
  mayApprove: true,
  memberOf: [],
  channel: 'api',
  reason: 'ok',
  planHash,
});

/** An operator who asks, and approvers who answer: sooner or later, mostly right, at whichever orchestrator answers. */
export class People {
  readonly habits = new Set<Habit>();
  /** They are all at their desks, and do what brings the group to rest. */
  isDiligent = false;
  onActed: (who: string, what: string, came: string) => void = () => undefined;
  /** What somebody has in mind already, so that they do not have it twice. */
  readonly #minds = new Set<string>();
  /** How many are about to do something. */
  #busy = 0;

  constructor(
    private readonly stage: Stage,
    private readonly cast: Cast,
    private readonly facts: Facts,
    private readonly draw: Draw,
  ) {}

  start(): void {
    const look = () => {
      this.look();
      this.stage.timeline.after(LOOK_EVERY_MS, look);
    };
    look();
  }

  get areIdle(): boolean {
    return this.#busy === 0;
  }

  wants(wish: Wish, forMs = 0): void {
    const { facts } = this;
    const reason = 'because';
    switch (wish) {
      case 'abort':
        return this.does('alice', 'abort', () => abortRun({ reason }));
      case 'freeze':
        return this.does('alice', 'freeze', () => freeze({ reason, forMs }));
      case 'reprotect':
      case 'failback':
      case 'failover':
      case 'switchover':
        return this.does('alice', `${wish} (active: ${facts.state.active})`, () => requestMove({ kind: wish, reason }));
    }
  }

  private look(): void {
    const { state, openRuns, approvals } = this.facts;
    const [run] = openRuns;
    if (state.phase === 'awaiting-approval') {
      const approval = approvals.get(state.approval);
      if (approval && isPending(approval))
        this.haveInMind(approval.id, this.answerDelayMs(), () => this.answer(approval));
    }
    if (run?.phase === 'needs-human') {
      this.haveInMind(
        `${run.id} ${run.epoch} ${run.stage}`,
        this.draw.between(5_000, MINUTE_MS),
        () => {
          this.attestIfDark(run.plan.from);
          this.does('alice', `retry ${run.id}`, () => retryRun(run.id, { reason: 'looked at it' }));
        },
        true,
      );
    }
    if (state.phase === 'suspecting' && state.vetoes.includes('no-fence-possible'))
      this.haveInMind(
        `attest ${state.active}`,
        this.draw.between(10_000, MINUTE_MS),
        () => this.attestIfDark(state.active),
        true,
      );
    if (state.phase === 'steady') this.bringHome();
    // They have looked at it, and go on with the cluster as it is now.
    if (state.rule === 'active-reborn-empty')
      this.haveInMind(
        `release ${state.active}`,
        this.draw.between(10_000, MINUTE_MS),
        () => this.rebuild(state.active),
        true,
      );
  }

  private bringHome(): void {
    const { state } = this.facts;
    const waiting = DATA_SITES.find((site) => state.returning[site]?.phase === 'quarantined');
    const patienceMs = this.isDiligent ? 5_000 : this.draw.lasting(10_000, 2 * MINUTE_MS);
    if (waiting !== undefined && state.returning[waiting]?.watermark === undefined)
      this.haveInMind(`release ${waiting}`, patienceMs, () => this.rebuild(waiting), true);
    else if (waiting !== undefined) this.haveInMind('reprotect', patienceMs, () => this.wants('reprotect'), true);
    else if (state.active !== A && Object.keys(state.returning).length === 0 && !this.isDiligent)
      this.haveInMind(`failback of ${state.lastRunEndedAt}`, 2 * patienceMs, () => this.wants('failback'));
  }

  /** Where nobody knows from where replication would have to go on: the site is copied anew by other means. */
  private rebuild(site: SiteId): void {
    this.does('alice', `rebuilds ${site} by hand and releases it`, () => release({ site, reason: 'rebuilt' }));
  }

  private answerDelayMs(): number {
    if (this.isDiligent) return 5_000;
    if (this.habits.has('late')) return this.draw.between(0.9, 1.1) * this.stage.policy.approvalTtlMs;
    return this.draw.lasting(3_000, 2 * MINUTE_MS);
  }

  private answer(approval: Approval): void {
    const { draw, habits } = this;
    const isWrong = habits.has('wrong') && !this.isDiligent;
    const decision = this.isDiligent || draw.isSo(0.85) ? 'grant' : 'deny';
    const who = isWrong && draw.isSo(0.5) ? (approval.requestedBy ?? 'bob') : 'bob';
    const planHash = isWrong && draw.isSo(0.3) ? '0'.repeat(64) : approval.planHash;
    const click = (by: string) =>
      this.does(by, `${decision === 'grant' ? 'approve' : 'deny'} ${approval.id}`, () =>
        answerApproval(approval, said(by, decision, planHash)),
      );
    click(who);
    if (habits.has('double')) click(draw.isSo(0.5) ? who : 'carol');
  }

  /** Nobody attests what they have not seen: the site really has no power. */
  private attestIfDark(site: SiteId): void {
    if (this.stage.network.hasPower(site)) return;
    this.does('bob', `attest that ${site} is off`, () => attest({ site, reason: 'its power is off' }));
  }

  /** Once for each reason, or again and again while it stands. */
  private haveInMind(reason: string, afterMs: number, act: () => void, isRepeated = false): void {
    if (this.#minds.has(reason)) return;
    this.#minds.add(reason);
    this.#busy += 1;
    this.stage.timeline.after(afterMs, () => {
      this.#busy -= 1;
      if (isRepeated) this.#minds.delete(reason);
      act();
    });
  }

  private does<T extends object>(who: string, what: string, operation: () => Operation<T>): void {
    const orchestrator = this.somebodyWhoAnswers();
    if (!orchestrator) return this.onActed(who, what, 'no orchestrator answers');
    const { operations, group } = orchestrator;
    const asked = askedBy(who);
    this.#busy += 1;
    const over = (came: string) => {
      this.#busy -= 1;
      this.onActed(who, what, came);
    };
    const performed = operations.perform(group, asked, operation());
    performed.then(
      () => over('done'),
      (error: unknown) => {
        if (!(error instanceof ApiError) && !(error instanceof SignalboxError)) throw error;
        over(error instanceof ApiError ? JSON.stringify(error.getResponse()) : error.code);
      },
    );
    // Of an orchestrator that died nobody hears again.
    this.stage.timeline.after(MINUTE_MS, () => {
      if (!orchestrator.process.lives) this.#busy = Math.max(0, this.#busy - 1);
    });
  }

  private somebodyWhoAnswers(): SimOrchestrator | undefined {
    const there = [...this.cast.orchestrators.values()].filter(
      ({ process }) => process.runs && this.stage.network.reachesJournal(process.site),
    );
    return there.length > 0 ? this.draw.pick(there) : undefined;
  }
}
