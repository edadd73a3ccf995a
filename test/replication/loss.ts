import { isTerminal, type Instant, type ReturningSite, type RpoRecord, type Run } from '#libs/domain';
import { draw, pick } from '../demo/random-kill.js';
import { completed } from '../demo/requests.js';
import { statusOf } from '../demo/return.js';
import { signalbox } from '../demo/signalbox-cli.js';
import type { Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import type { Lab } from '../lab/lab.js';
import type { KafkaSite } from '../lab/layout.js';
import type { Ground } from './ground.js';
import { count, isReplayed, violationsOf, type Counts } from './judge.js';
import type { RunningChild } from './child.js';
import { startLoad, type LoadLedger } from './load.js';
import { protectAgain } from './moves.js';
import type { LaidDown } from './segment-log.js';
import { logOf } from './site-logs.js';
import { comeHome, FULL_LOAD_PAUSE_MS, type Homecoming } from './the-way-home.js';

export const FAULTS = ['kill', 'freeze', 'isolate'] as const;
export type FaultName = (typeof FAULTS)[number];

export interface LossReport {
  readonly seed: number;
  readonly fault: FaultName;
  readonly afterMs: number;
  readonly recordsPerSecond: number;
  readonly counts: Counts;
  /** Certified when the site was lost: seen and not copied at most, and what may have come unseen. */
  readonly observedMax: number;
  readonly unobservedMax: number;
  readonly measured: number | null;
  /** Bound over true tail; null without a tail. */
  readonly ratio: number | null;
  /** For how long nobody saw the source before it took writes no more, as certified. */
  readonly unseenMs: number;
  readonly copiedBack: number;
  readonly homecoming: Homecoming;
  readonly violations: readonly string[];
}

const PAUSE_AT_B_MS = 60;
const LOADED_WITHIN_MS = 60_000;
const ENOUGH_RECORDS = 2_000;
const FAULT_WITHIN_MS = 6_000;
const FAILED_OVER_WITHIN_MS = 120_000;
const BACK_WITHIN_MS = 180_000;

/** One loss of site a under load, what became of every record, and the way home. */
export const playLoss = (ground: Ground, seed: number): Promise<LossReport> => new Loss(ground, seed).play();

class Loss {
  private readonly fault: FaultName;
  private readonly afterMs: number;
  private readonly lab: Lab;
  private readonly ledger: LoadLedger;

  constructor(
    private readonly ground: Ground,
    private readonly seed: number,
  ) {
    // Each kind in turn; when it strikes is drawn.
    this.fault = pick(FAULTS, (seed % FAULTS.length) / FAULTS.length) ?? 'kill';
    this.afterMs = Math.floor(draw(seed, 'moment') * FAULT_WITHIN_MS);
    this.lab = ground.stage.lab;
    this.ledger = ground.ledger;
  }

  async play(): Promise<LossReport> {
    const { ground, seed } = this;
    const { stage, ledger, tails } = ground;
    const { recordsPerSecond, load, struckAt } = await this.loadAndLose(stage);
    const run = await this.failedOver(stage, struckAt);
    const afterFailover = startLoad(this.lab, 'b', { name: `b${seed}`, pauseMs: PAUSE_AT_B_MS, to: ['b'] }, ledger);
    await this.comeBack(stage);
    await afterFailover.stop();
    const tail = (await this.inQuarantine(stage)).stranded?.ranges ?? [];
    tails.push(...tail);
    await load.stop();
    const [atA, atB] = [await this.log('a'), await this.log('b')];
    // All may have been copied in time; then a salvage is refused.
    if (tail.length > 0) await completed(stage, 'salvage', '--as', 'replayed', '--site', 'a', '--reason', 'the trial');
    const afterwards = await this.log('b');
    const record = await this.certified(stage, run);
    await protectAgain(stage, 'a');
    const counts = count({ acked: ledger.acked, abortedIds: ledger.abortedIds, atA, atB, afterwards });
    const { logs, ...homecoming } = await comeHome(ground, `home${seed}`);
    const copiedBack = logs.atA.filter(isReplayed).length;
    return this.report({ recordsPerSecond, counts, record, copiedBack, homecoming });
  }

  /** In records per second, over the time until the fault. */
  private async loadAndLose({
    clock,
  }: Stage): Promise<{ recordsPerSecond: number; load: RunningChild; struckAt: Instant }> {
    const { ledger, seed } = this;
    const first = ledger.ackedRecords;
    const load = startLoad(this.lab, 'a', { name: `a${seed}`, pauseMs: FULL_LOAD_PAUSE_MS, to: ['a'] }, ledger);
    await waitFor('load', { clock, withinMs: LOADED_WITHIN_MS }, () =>
      Promise.resolve(ledger.ackedRecords - first >= ENOUGH_RECORDS || undefined),
    );
    const [before, sinceMs] = [ledger.ackedRecords, clock.monotonicMs()];
    await clock.sleep(this.afterMs + 1_000);
    const perSecond = ((ledger.ackedRecords - before) * 1_000) / (clock.monotonicMs() - sinceMs);
    const struckAt = clock.now();
    await this.strike();
    return { recordsPerSecond: Math.round(perSecond), load, struckAt };
  }

  private async strike(): Promise<void> {
    switch (this.fault) {
      case 'kill':
        return this.lab.kill('a');
      case 'freeze':
        return this.lab.freeze('a');
      case 'isolate':
        return this.lab.isolate('a');
    }
  }

  private failedOver({ api, clock }: Stage, struckAt: Instant): Promise<Run> {
    return waitFor('failover', { clock, withinMs: FAILED_OVER_WITHIN_MS }, async () => {
      const runs = await api.get<readonly Run[]>('/runs');
      const found = runs.find(({ plan, startedAt }) => plan.kind === 'failover' && startedAt >= struckAt);
      if (found && isTerminal(found.phase)) return found;
      throw new Error(found ? `${found.id} is ${found.phase}: ${found.problem ?? ''}` : 'there is no run');
    });
  }

  private async comeBack({ clock }: Stage): Promise<void> {
    // What clients write at b meanwhile is newer than some of what is stranded.
    await clock.sleep(2_000);
    switch (this.fault) {
      case 'kill':
        return this.lab.restart('a');
      case 'freeze':
        return this.lab.thaw('a');
      case 'isolate':
        return this.lab.heal();
    }
  }

  private inQuarantine(stage: Stage): Promise<ReturningSite> {
    return waitFor('quarantine of a', { clock: stage.clock, withinMs: BACK_WITHIN_MS }, async () => {
      const site = (await statusOf(stage)).returning['a'];
      if (site?.phase === 'quarantined' && site.stranded) return site;
      throw new Error(site ? `a is ${site.phase} by ${site.rule}` : 'a is not on its way back');
    });
  }

  private async certified({ viewer, group, clock }: Stage, run: Run): Promise<RpoRecord> {
    return waitFor('certificate', { clock, withinMs: BACK_WITHIN_MS }, async () => {
      const record = JSON.parse(await signalbox(viewer, 'rpo', group, '--json')) as RpoRecord;
      if (record.run !== run.id || !record.measurements) throw new Error('the tail was not measured yet');
      return record;
    });
  }

  private log(site: KafkaSite): Promise<readonly LaidDown[]> {
    return logOf(this.lab, site, this.ground.stage.clock);
  }

  private report(seen: {
    readonly recordsPerSecond: number;
    readonly counts: Counts;
    readonly record: RpoRecord;
    readonly copiedBack: number;
    readonly homecoming: Homecoming;
  }): LossReport {
    const { counts, record, homecoming, copiedBack, recordsPerSecond } = seen;
    const sum = (of: (one: RpoRecord['certificates'][number]) => number) =>
      record.certificates.reduce((all, one) => all + of(one), 0);
    const observedMax = sum(({ observedRange }) => observedRange.max);
    const unobservedMax = sum(({ unobservedMaxRecords }) => unobservedMaxRecords);
    const bound = observedMax + unobservedMax;
    return {
      seed: this.seed,
      fault: this.fault,
      afterMs: this.afterMs,
      recordsPerSecond,
      counts,
      observedMax,
      unobservedMax,
      measured: record.measurements?.reduce((all, { strandedRecords }) => all + strandedRecords, 0) ?? null,
      ratio: counts.trueTail === 0 ? null : Number((bound / counts.trueTail).toFixed(2)),
      unseenMs: Math.max(0, ...record.certificates.map(({ sampleAgeMs }) => sampleAgeMs)),
      copiedBack,
      homecoming,
      violations: [
        ...violationsOf(counts),
        ...(counts.trueTail <= bound ? [] : [`a tail of ${counts.trueTail} is beyond what was certified: ${bound}`]),
        ...(copiedBack === 0 ? [] : [`${copiedBack} replayed records were copied back to a`]),
        ...homecoming.problems,
      ],
    };
  }
}
