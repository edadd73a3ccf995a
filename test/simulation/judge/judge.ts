import type { Transaction, WatchEvent } from '#libs/journal';
import type { Cast } from '../cast/cast.js';
import type { Stage } from '../cast/stage.js';
import type { Deed } from '../world/sim-resource.js';
import { Facts } from './facts.js';
import type { Invariant, Scene, Violation } from './invariant.js';
import { ofAudit } from './of-audit.js';
import { ofEvidence } from './of-evidence.js';
import { ofFences } from './of-fences.js';
import { ofResources } from './of-resources.js';
import { ofRuns } from './of-runs.js';

/** Where the journal's history begins. */
const ROOT = '/signalbox/';

/** No site is fenced before a guard was there for the first time. */
const FIRST_FENCED_WITHIN_MS = 30_000;

/** Watches everything that happens, and says what must not have. */
export class Judge {
  readonly facts = new Facts();
  readonly violations: Violation[] = [];
  /** Until when two sites or two directions are somebody's own doing. */
  readonly excused = { bothSitesUntilMs: FIRST_FENCED_WITHIN_MS, bothFlowsUntilMs: 0 };
  private readonly invariants: readonly Invariant[] = [
    ...ofRuns(),
    ...ofEvidence(),
    ...ofFences(),
    ...ofResources(),
    ...ofAudit(),
  ];
  private readonly scene: Scene;
  private lastSaid = '';

  constructor(
    private readonly stage: Stage,
    cast: Cast,
    private readonly onViolation: (violation: Violation) => void,
  ) {
    this.scene = { stage, cast, facts: this.facts, excused: this.excused };
    stage.etcd.journal.watch(ROOT, 0 as never, {
      onEvents: (events) => this.onJournal(events),
      onGap: () => this.say('the-judge', 'it lost sight of the journal'),
    });
    stage.etcd.onCommitted = (_by, transaction) => this.onCommit(transaction);
    stage.world.onDeed = (deed) => this.onDeed(deed);
  }

  /** Says whether it goes on. */
  afterEvent(): boolean {
    for (const { name, onEvent } of this.invariants) {
      const says = onEvent?.(this.scene);
      if (says !== undefined) this.say(name, says);
    }
    return this.violations.length === 0;
  }

  say(invariant: string, says: string): void {
    if (this.lastSaid === says) return;
    this.lastSaid = says;
    const violation = { invariant, atMs: this.stage.timeline.worldMs, says };
    this.violations.push(violation);
    this.onViolation(violation);
  }

  private onJournal(events: readonly WatchEvent[]): void {
    const moment = this.facts.take(events, this.stage.timeline.nowMs);
    for (const { name, onMoment } of this.invariants) {
      const says = onMoment?.(moment, this.scene);
      if (says !== undefined) this.say(name, says);
    }
  }

  private onCommit(transaction: Transaction): void {
    for (const { name, onCommit } of this.invariants) {
      const says = onCommit?.(transaction, this.scene);
      if (says !== undefined) this.say(name, says);
    }
  }

  private onDeed(deed: Deed): void {
    this.facts.newsAtMs = this.stage.timeline.nowMs;
    for (const { name, onDeed } of this.invariants) {
      const says = onDeed?.(deed, this.scene);
      if (says !== undefined) this.say(name, says);
    }
  }
}
