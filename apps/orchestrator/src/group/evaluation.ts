import { canonicalJson } from '#libs/contracts';
import { decide, type Decision, type GroupEvent, type Settings } from '#libs/decision';
import type { Actor, SiteId } from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { changedSince } from '../approval/changed-since.js';
import { escalationOf } from '../approval/escalation.js';
import { behindGuards, putOnHold } from './behind.js';
import { freshIds, recordDecision } from './decision-record.js';
import { evidenceOf } from './evidence.js';
import { GroupTransaction } from './group-transaction.js';
import type { GroupMetrics } from './group-metrics.js';
import type { GroupView } from './group-view.js';

/** Who this process is, wherever it leads. */
export interface Leader {
  /** Unique to this incarnation: what the leader key holds. */
  readonly name: string;
  readonly actor: Actor;
}

/** Turns a view of the journal into the transaction that records the next decision, or nothing when nothing changed. */
export class Evaluation {
  constructor(
    private readonly settings: Settings,
    private readonly voters: readonly SiteId[],
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly metrics?: GroupMetrics,
  ) {}

  next(view: GroupView, leader: Leader): { decision: Decision; transaction: GroupTransaction } | undefined {
    const event = this.eventFor(view);
    const decision = decide(view.state, event, this.settings);
    if (!isNews(view, decision)) return undefined;
    const transaction = new GroupTransaction(view).asLeader(leader.name);
    recordDecision(transaction, view, event, decision, { actor: leader.actor, settings: this.settings });
    transaction.afterwards(() => this.metrics?.decided(decision));
    return { decision, transaction };
  }

  /** What puts the group on hold when a resource is seen to be ahead of the journal; undefined while none is. */
  behind(view: GroupView, leader: Leader): GroupTransaction | undefined {
    const why = behindGuards(view);
    return why === undefined ? undefined : putOnHold(view, leader, why, this.clock.now());
  }

  /** Tells more people, when it is time and nobody has decided. */
  escalation(view: GroupView, leader: Leader): GroupTransaction | undefined {
    return escalationOf(view, leader, this.clock.now());
  }

  private eventFor(view: GroupView): GroupEvent {
    const at = this.clock.now();
    const evidence = evidenceOf(view, this.voters, this.settings);
    const fresh = freshIds(at, this.random);
    const answer = view.approval?.value;
    if (answer?.phase === 'denied' || answer?.phase === 'cancelled') {
      return { kind: answer.phase, at, approval: answer.id };
    }
    const otherwise = answer && changedSince(answer, view.state, { at, evidence }, this.settings);
    const changed = otherwise === undefined ? {} : { changed: otherwise };
    if (answer?.phase === 'granted') return { kind: 'approved', at, approval: answer.id, evidence, fresh, ...changed };
    return { kind: 'evaluated', at, evidence, fresh, ...changed };
  }
}

/** A decision that only repeats the last one is not recorded again. */
const isNews = ({ state }: GroupView, { state: next, effects }: Decision): boolean =>
  effects.length > 0 ||
  next.phase !== state.phase ||
  next.rule !== state.rule ||
  next.vetoes.join() !== state.vetoes.join() ||
  canonicalJson(next.returning) !== canonicalJson(state.returning) ||
  canonicalJson(next.knownAs ?? {}) !== canonicalJson(state.knownAs ?? {});
