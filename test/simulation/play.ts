import { Cast } from './cast/cast.js';
import { People } from './cast/people.js';
import { Stage } from './cast/stage.js';
import { faultNamed } from './faults/catalogue.js';
import type { Ground } from './faults/fault.js';
import type { Schedule, Struck } from './faults/schedule.js';
import type { Violation } from './judge/invariant.js';
import { Judge } from './judge/judge.js';
import { unsettled } from './judge/liveness.js';
import { Draw } from './kernel/draw.js';
import { Trace } from './trace.js';

const HOUR_MS = 3_600_000;
const SLICE_MS = 5_000;
/** Without news for this long everybody only repeats itself. */
const QUIET_AFTER_MS = 30_000;
/** Before a fault that was waited for, so that it does not always hit the same moment of everybody's rounds. */
const LEAD_MS = 7_000;
/** Once nothing goes wrong any more and people do what they are asked for. */
const SETTLES_WITHIN_MS = 30 * 60_000;

export interface Played {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** World time, and how much of it was lived through by running loops. */
  readonly worldMs: number;
  readonly livedMs: number;
  readonly events: number;
  /** How many runs of each kind and phase there were. */
  readonly runs: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
  readonly hash: string;
  readonly transcript: readonly string[];
}

/** Lives through one schedule: the same schedule, the same life. Ends with the first violation. */
export async function play(schedule: Schedule): Promise<Played> {
  const life = new LifeOfASeed(schedule);
  await life.live();
  return life.played;
}

class LifeOfASeed {
  private readonly stage: Stage;
  private readonly cast: Cast;
  private readonly judge: Judge;
  private readonly people: People;
  private readonly trace: Trace;
  private readonly struck: string[] = [];
  /** What goes on, and how it is ended. */
  private readonly ongoing = new Set<() => void>();
  private left: Struck[];
  /** What lies in wait for the next run. */
  private ambushes: Struck[] = [];
  private runsSeen = 0;
  private isHealed = false;

  constructor(private readonly schedule: Schedule) {
    this.stage = new Stage(schedule.seed, schedule.terms);
    this.cast = new Cast(this.stage);
    this.trace = new Trace(this.stage.timeline);
    this.judge = new Judge(this.stage, this.cast, ({ invariant, says }) =>
      this.trace.note(`VIOLATED ${invariant}: ${says}`),
    );
    this.people = new People(this.stage, this.cast, this.judge.facts, new Draw(schedule.seed, 'h'));
    this.people.onActed = (who, what, came) => this.trace.note(`${who}: ${what}: ${came}`);
    this.trace.follow(this.stage, this.cast);
    this.left = [...schedule.faults];
  }

  async live(): Promise<void> {
    const { timeline } = this.stage;
    this.cast.start();
    this.people.start();
    const endsAtMs = this.schedule.hours * HOUR_MS;
    while (timeline.worldMs < endsAtMs && this.isGood) {
      this.strikeDue();
      if (this.isQuiet) this.skipTo(Math.min(this.left[0]?.atMs ?? Infinity, endsAtMs));
      const nextMs = this.left[0]?.atMs ?? endsAtMs;
      await this.pass(Math.max(1, Math.min(SLICE_MS, nextMs - timeline.worldMs)));
    }
    await this.settle();
  }

  get played(): Played {
    const { stage, judge, trace, struck } = this;
    const runs: Record<string, number> = {};
    for (const { plan, phase } of judge.facts.runs.values()) {
      const name = `${plan.kind} ${phase}`;
      runs[name] = (runs[name] ?? 0) + 1;
    }
    const { worldMs, nowMs, fired } = stage.timeline;
    const { violations } = judge;
    const { hash, lines } = trace;
    return {
      seed: this.schedule.seed,
      violations,
      worldMs,
      livedMs: nowMs,
      events: fired,
      runs,
      faults: struck,
      hash,
      transcript: lines,
    };
  }

  private get isGood(): boolean {
    return this.judge.violations.length === 0;
  }

  private pass(ms: number): Promise<void> {
    return this.stage.timeline.run(ms, () => {
      this.springAmbushes();
      return this.judge.afterEvent();
    });
  }

  /** Nothing goes wrong, nobody does anything, and nothing but heartbeats was written for a while. */
  private get isQuiet(): boolean {
    const { stage, judge, people, ongoing } = this;
    const { state, newsAtMs, leader } = judge.facts;
    const isCalm = state.phase === 'steady' && state.rule === 'active-up' && leader !== undefined;
    const isWell = [...judge.facts.votes.values()].length === 6 && judge.facts.guardLeases.size === 2;
    const waits = Object.values(state.returning).some(({ phase }) => phase !== 'catching-up');
    const isSilent = stage.timeline.nowMs - newsAtMs > QUIET_AFTER_MS;
    return (
      isCalm &&
      isWell &&
      !waits &&
      isSilent &&
      ongoing.size === 0 &&
      people.areIdle &&
      Object.keys(state.returning).length === 0
    );
  }

  private skipTo(worldMs: number): void {
    const ms = worldMs - LEAD_MS - this.stage.timeline.worldMs;
    if (ms <= 0) return;
    this.trace.note(`${Math.round(ms / 1_000)} s pass in which nothing happens`);
    this.stage.timeline.skip(ms);
  }

  private strikeDue(): void {
    const { timeline } = this.stage;
    while (this.left[0] && this.left[0].atMs <= timeline.worldMs) {
      const struck = this.left.shift() as Struck;
      if (struck.inRunMs === undefined) this.strike(struck);
      else this.ambushes.push(struck);
    }
  }

  private springAmbushes(): void {
    const { size } = this.judge.facts.runs;
    if (size === this.runsSeen) return;
    this.runsSeen = size;
    for (const struck of this.ambushes.splice(0)) {
      const { passes = 0, inRunMs = 0 } = struck;
      if (passes > 0) this.ambushes.push({ ...struck, passes: passes - 1 });
      else
        this.stage.timeline.after(inRunMs, () => {
          if (!this.isHealed) this.strike(struck);
        });
    }
  }

  private strike({ kind, forMs, seed }: Struck): void {
    const { stage, cast, people, judge } = this;
    const ground: Ground = { stage, cast, people, judge, forMs };
    const { says, end } = faultNamed(kind).strike(ground, new Draw(seed, kind));
    this.struck.push(kind);
    this.trace.note(`FAULT ${kind}, ${Math.round(forMs / 1_000)} s: ${says}`);
    const finish = () => {
      if (!this.ongoing.delete(finish)) return;
      end?.();
      this.trace.note(`over: ${kind}`);
    };
    this.ongoing.add(finish);
    stage.timeline.after(forMs, finish);
  }

  /** Everything is healed, people do what they can, and then the group has to come to rest. */
  private async settle(): Promise<void> {
    this.isHealed = true;
    for (const finish of this.ongoing) finish();
    const { stage, judge, cast, people, trace } = this;
    people.isDiligent = true;
    people.habits.clear();
    trace.note('everything is healed');
    const untilMs = stage.timeline.nowMs + SETTLES_WITHIN_MS;
    const scene = { stage, cast, facts: judge.facts };
    while (this.isGood && stage.timeline.nowMs < untilMs && unsettled(scene).length > 0) await this.pass(SLICE_MS);
    const problems = this.isGood ? unsettled(scene) : [];
    if (problems.length > 0) judge.say('comes-to-rest', problems.join('; '));
  }
}
