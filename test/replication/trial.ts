import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isTerminal, type ReturningSite, type RpoRecord, type Run } from '#libs/domain';
import { completed } from '../demo/requests.js';
import { draw, pick } from '../demo/random-kill.js';
import { becomeSteady } from '../demo/opening.js';
import { statusOf } from '../demo/return.js';
import { dumpArguments, segmentsOf } from '../demo/segment-dump.js';
import { signalbox } from '../demo/signalbox-cli.js';
import { setStage, type Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import { java } from '../lab/java.js';
import { Lab } from '../lab/lab.js';
import type { KafkaSite } from '../lab/layout.js';
import { LAB_TOPICS } from '../lab/flow.js';
import type { Clock } from '#libs/runtime';
import { count, violationsOf, type Counts } from './judge.js';
import { LoadLedger, startLoad } from './load.js';
import { committedRecords, type LaidDown } from './segment-log.js';
import { TOPICS } from './topics.js';

export const FAULTS = ['kill', 'freeze', 'isolate'] as const;
export type FaultName = (typeof FAULTS)[number];

export interface TrialReport {
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
  readonly copiedBack: number;
  readonly violations: readonly string[];
}

export interface TrialOptions {
  readonly seed: number;
  readonly clock: Clock;
  readonly auditFile: string;
  readonly say: (line: string) => void;
}

/** With the plain and the compacted topic; transactions come on top. */
const PAUSE_AT_A_MS = 15;
const PAUSE_AT_B_MS = 60;
const LOADED_WITHIN_MS = 60_000;
const ENOUGH_RECORDS = 2_000;
const FAULT_WITHIN_MS = 6_000;
const FAILED_OVER_WITHIN_MS = 120_000;
const BACK_WITHIN_MS = 180_000;
const DUMP_TIMEOUT_MS = 120_000;
const DUMP_MAX_BYTES = 1_024 * 1_024 * 1_024;

/** One lab, one loss of site a under load, and what became of every record. */
export async function playTrial(options: TrialOptions): Promise<TrialReport> {
  process.env[LAB_TOPICS] = JSON.stringify(TOPICS);
  const lab = await Lab.up({ onProgress: options.say });
  try {
    return await new Trial(lab, options).play();
  } finally {
    delete process.env[LAB_TOPICS];
    await lab.down();
  }
}

class Trial {
  private readonly ledger = new LoadLedger();
  private readonly fault: FaultName;
  private readonly afterMs: number;

  constructor(
    private readonly lab: Lab,
    private readonly options: TrialOptions,
  ) {
    const { seed } = options;
    // Each kind in turn; when it strikes is drawn.
    this.fault = pick(FAULTS, (seed % FAULTS.length) / FAULTS.length) ?? 'kill';
    this.afterMs = Math.floor(draw(seed, 'moment') * FAULT_WITHIN_MS);
  }

  async play(): Promise<TrialReport> {
    const { clock, auditFile, say, seed } = this.options;
    const demo = {
      fault: 'none',
      mode: 'automatic',
      until: 'failover',
      planned: false,
      keep: false,
      json: false,
    } as const;
    const stage = await setStage(this.lab, demo, { clock, print: () => undefined, auditFile });
    try {
      await becomeSteady(stage);
      // The demo's own clients have shown that all is well; from here on the load alone writes.
      await stage.clients.stopFollowing();
      const recordsPerSecond = await this.loadAndLose(stage);
      const { afterFailover } = await this.failedOver(stage);
      await this.comeBack(stage);
      await afterFailover.stop();
      const stranded = await this.inQuarantine(stage);
      say(`seed ${seed}: a is in quarantine with ${stranded.stranded?.records ?? '?'} records by offsets`);
      const [atA, atB] = [await this.dump('a'), await this.dump('b')];
      await completed(stage, 'salvage', '--as', 'replayed', '--site', 'a', '--reason', 'the trial');
      const afterwards = await this.dump('b');
      const record = await this.certified(stage);
      const copiedBack = await this.protectedAgain(stage);
      return this.report({ recordsPerSecond, atA, atB, afterwards, record, copiedBack });
    } finally {
      await Promise.allSettled([stage.witness.stop(), stage.clients.stopFollowing()]);
    }
  }

  /** In records per second, over the time until the fault. */
  private async loadAndLose({ clock }: Stage): Promise<number> {
    startLoad(this.lab, 'a', { name: 'a', pauseMs: PAUSE_AT_A_MS }, this.ledger);
    await waitFor('load', { clock, withinMs: LOADED_WITHIN_MS }, () =>
      Promise.resolve(this.ledger.acked.length >= ENOUGH_RECORDS || undefined),
    );
    const [before, sinceMs] = [this.ledger.acked.length, clock.monotonicMs()];
    await clock.sleep(this.afterMs + 1_000);
    const perSecond = ((this.ledger.acked.length - before) * 1_000) / (clock.monotonicMs() - sinceMs);
    await this.strike();
    return Math.round(perSecond);
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

  private async failedOver(stage: Stage): Promise<{ run: Run; afterFailover: { stop(): Promise<void> } }> {
    const { api, clock } = stage;
    const run = await waitFor('failover', { clock, withinMs: FAILED_OVER_WITHIN_MS }, async () => {
      const found = (await api.get<readonly Run[]>('/runs')).find(({ plan }) => plan.kind === 'failover');
      if (found && isTerminal(found.phase)) return found;
      throw new Error(found ? `${found.id} is ${found.phase}: ${found.problem ?? ''}` : 'there is no run');
    });
    const load = startLoad(this.lab, 'b', { name: 'b', pauseMs: PAUSE_AT_B_MS }, this.ledger);
    return { run, afterFailover: load };
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

  private async certified(stage: Stage): Promise<RpoRecord> {
    const { viewer, group, clock } = stage;
    return waitFor('certificate', { clock, withinMs: BACK_WITHIN_MS }, async () => {
      const record = JSON.parse(await signalbox(viewer, 'rpo', group, '--json')) as RpoRecord;
      if (!record.measurements) throw new Error('the tail was not measured yet');
      return record;
    });
  }

  /** Replication toward a runs again: so many of the replayed records came back to it as new ones. */
  private async protectedAgain(stage: Stage): Promise<number> {
    await completed(stage, 'reprotect', '--site', 'a', '--reason', 'the trial');
    await waitFor('protection of a', { clock: stage.clock, withinMs: BACK_WITHIN_MS }, async () => {
      const site = (await statusOf(stage)).returning['a'];
      if (site) throw new Error(`a is ${site.phase} by ${site.rule}`);
      return true;
    });
    return (await this.dump('a')).filter(({ headers }) => headers.includes('signalbox.origin-site')).length;
  }

  /** By Kafka's own tool, from the files of the broker. One that compaction takes away meanwhile is a reason to look again. */
  private dump(site: KafkaSite): Promise<readonly LaidDown[]> {
    const { clock } = this.options;
    return waitFor(`dump of ${site}`, { clock, withinMs: DUMP_TIMEOUT_MS }, async () => {
      const folder = this.lab.run.file(site, 'kafka');
      const segments = TOPICS.flatMap(({ topic }) => segmentsOf(folder, topic)).toSorted();
      const { file, args } = java(this.lab.run, `${site}.dump`, 'none', dumpArguments(segments));
      const limits = { timeout: DUMP_TIMEOUT_MS, maxBuffer: DUMP_MAX_BYTES };
      const { stdout } = await promisify(execFile)(file, [...args], limits);
      return committedRecords(stdout);
    });
  }

  private report(seen: {
    readonly recordsPerSecond: number;
    readonly atA: readonly LaidDown[];
    readonly atB: readonly LaidDown[];
    readonly afterwards: readonly LaidDown[];
    readonly record: RpoRecord;
    readonly copiedBack: number;
  }): TrialReport {
    const { acked, abortedIds } = this.ledger;
    const counts = count({ acked, abortedIds, ...seen });
    const sum = (of: (one: RpoRecord['certificates'][number]) => number) =>
      seen.record.certificates.reduce((all, one) => all + of(one), 0);
    const observedMax = sum(({ observedRange }) => observedRange.max);
    const unobservedMax = sum(({ unobservedMaxRecords }) => unobservedMaxRecords);
    const bound = observedMax + unobservedMax;
    return {
      seed: this.options.seed,
      fault: this.fault,
      afterMs: this.afterMs,
      recordsPerSecond: seen.recordsPerSecond,
      counts,
      observedMax,
      unobservedMax,
      measured: seen.record.measurements?.reduce((all, { strandedRecords }) => all + strandedRecords, 0) ?? null,
      ratio: counts.trueTail === 0 ? null : Number((bound / counts.trueTail).toFixed(2)),
      copiedBack: seen.copiedBack,
      violations: [
        ...violationsOf(counts),
        ...(counts.trueTail <= bound ? [] : [`a tail of ${counts.trueTail} is beyond what was certified: ${bound}`]),
        ...(seen.copiedBack === 0 ? [] : [`${seen.copiedBack} replayed records were copied back to a`]),
      ],
    };
  }
}
