import { messageOf, type Instant } from '#libs/domain';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalbox } from '../demo/signalbox-cli.js';
import { waitFor } from '../demo/steady.js';
import { KAFKA_SITES } from '../lab/layout.js';
import { FAULTS } from './faults/faults.js';
import { nothingToMend, type Strike } from './faults/strike.js';
import { activeAfter, entriesOf, runsIn, type AuditedRun } from './checker/audit.js';
import type { Closing, Delivery, Facts } from './checker/facts.js';
import { violationsIn } from './checker/judge.js';
import { bringBack, drive, type Ended, type Wanted } from './drive.js';
import type { Ground } from './ground.js';
import type { RunReport } from './report.js';
import type { Schedule } from './schedule.js';

const EXPORTED_WITHIN_MS = 60_000;
/** A busy machine may take its time to answer at all. */
const AGREES_WITHIN_MS = 90_000;
const DELIVERED_WITHIN_MS = 90_000;
/** Writes from before the run, to compare its first ones with. */
const OVERLAP_MS = 5_000;

interface Export {
  /** Nothing that happened before is missing. */
  readonly askedAt: Instant;
  readonly file: string;
}

interface Agreement {
  readonly closing: Closing;
  readonly violations: readonly string[];
}

/** Drives one run while its fault strikes, and has everything judged that happened. */
export class JudgedRun {
  private readonly startedAt: Instant;
  private readonly givenUp = new AbortController();

  constructor(
    private readonly ground: Ground,
    private readonly schedule: Schedule,
    private readonly wanted: Wanted,
    /** Acknowledged by a site that was lost, and in no other log. */
    private readonly stranded: Set<string>,
  ) {
    this.startedAt = ground.stage.clock.now();
  }

  async play(): Promise<RunReport> {
    const { clock } = this.ground.stage;
    const striking = this.strikeInTime();
    striking.catch(() => undefined);
    const ended = await drive(this.ground, this.wanted).catch((error: unknown) => messageOf(error));
    const tookMs = clock.now() - this.startedAt;
    this.givenUp.abort();
    const strike = await striking.catch((error: unknown): Strike => ({ what: messageOf(error), mend: nothingToMend }));
    await strike?.mend();
    return typeof ended === 'string'
      ? this.report({
          outcome: ended,
          isCompleted: false,
          asked: 0,
          tookMs,
          strike,
          violations: await this.neverOver(),
        })
      : this.judged(ended, strike, tookMs);
  }

  /** What lasts as long as the run is there before it begins. */
  private async strikeInTime(): Promise<Strike | undefined> {
    const { lab, stage, watch } = this.ground;
    const fault = FAULTS[this.schedule.fault];
    const around = { lab, clock: stage.clock, watch };
    const isTime = fault.lasts === 'run' || (await watch.comesTo(this.schedule.moment, this.givenUp.signal));
    return isTime ? fault.strike(around, this.schedule) : undefined;
  }

  private async judged(ended: Ended, strike: Strike | undefined, tookMs: number): Promise<RunReport> {
    await this.ground.serves();
    const closings = [await this.agreed(ended)];
    if (this.wanted.kind === 'failover') {
      await bringBack(this.ground, this.wanted.from);
      closings.push(await this.agreed(ended));
    }
    const delivery = await this.delivered();
    const exported = await this.exported();
    const facts = this.factsOf(exported, [], [delivery]);
    const violations = [...closings.flatMap((each) => each.violations), ...violationsIn(facts)];
    const news = [...new Set(violations)].filter((each) => !this.ground.told.has(each));
    for (const each of news) this.ground.told.add(each);
    if (news.length > 0) this.keepFacts({ ...facts, closings: closings.map(({ closing }) => closing) });
    const takeoverMs = takeoverOf(runsIn(entriesOf(exported.file)), ended, strike);
    const { phase } = ended.run;
    return this.report({
      outcome: phase,
      isCompleted: phase.startsWith('completed'),
      asked: ended.asked,
      tookMs,
      strike,
      violations: news,
      ...(takeoverMs !== undefined && { takeoverMs }),
    });
  }

  /** Nothing came of it: then it is asked whether anything that was begun is not over. */
  private async neverOver(): Promise<readonly string[]> {
    try {
      const exported = await this.exported();
      const open = runsIn(entriesOf(exported.file)).filter(({ closedAt }) => closedAt === undefined);
      const closings = open.map(({ id }): Closing => ({ run: id, down: [], samples: [], writes: [] }));
      return violationsIn(this.factsOf(exported, closings, []));
    } catch (error) {
      return [`the audit could not be exported: ${messageOf(error)}`];
    }
  }

  /**
   * The audit first, then the resources; again while they do not agree, since what is weak gets a while to be put right,
   * and a run that nobody asked for may begin in between. What they show in the end counts.
   */
  private async agreed({ run }: Ended): Promise<Agreement> {
    const { stage, observer, lab } = this.ground;
    const down = KAFKA_SITES.filter((site) => lab.isDown(site));
    let last: Agreement = { closing: await observer.closing(run.id, down), violations: ['nothing could be judged'] };
    const limits = { clock: stage.clock, withinMs: AGREES_WITHIN_MS };
    await waitFor('resources that agree', limits, async () => {
      const exported = await this.exported();
      const closing = await observer.closing(run.id, down);
      const facts = { ...this.factsOf(exported, [closing], []), samples: [], writes: [], staleWrites: [] };
      last = { closing, violations: violationsIn(facts) };
      return last.violations.length === 0 || undefined;
    }).catch(() => undefined);
    return last;
  }

  /** Every record that was acknowledged by now is at the active site, some time later. */
  private async delivered(): Promise<Delivery> {
    const { stage, observer } = this.ground;
    const site = activeAfter(stage.home, runsIn(entriesOf((await this.exported()).file)));
    const acknowledged = [...stage.clients.ledger.acknowledged];
    const keys = acknowledged.map(({ id }) => id).filter((id) => !this.stranded.has(id));
    let missing = keys;
    const limits = { clock: stage.clock, withinMs: DELIVERED_WITHIN_MS };
    const isFailover = this.wanted.kind === 'failover';
    await waitFor('delivery', limits, () => {
      missing = [...observer.missingAt(site, missing)];
      const atLost = isFailover ? new Set(this.acknowledgedAt(this.wanted.from)) : new Set<string>();
      return Promise.resolve(missing.every((id) => atLost.has(id)) || undefined);
    }).catch(() => undefined);
    if (!isFailover) return { site, acknowledged: keys.length, missing };
    const lost = new Set(this.acknowledgedAt(this.wanted.from));
    for (const id of missing) if (lost.has(id)) this.stranded.add(id);
    return { site, acknowledged: keys.length, missing: missing.filter((id) => !lost.has(id)) };
  }

  private acknowledgedAt(site: string): readonly string[] {
    return this.ground.stage.clients.ledger.acknowledged.filter((each) => each.site === site).map(({ id }) => id);
  }

  /** Everything that was judged, so that it can be judged again. */
  private keepFacts(facts: Facts): void {
    writeFileSync(join(this.ground.logs, `facts-${this.schedule.seed}.json`), JSON.stringify(facts));
  }

  private exported(): Promise<Export> {
    const { clock, viewer, group } = this.ground.stage;
    return waitFor('export of the audit', { clock, withinMs: EXPORTED_WITHIN_MS }, async () => {
      const askedAt = clock.now();
      return { askedAt, file: await signalbox(viewer, 'audit', 'export', group) };
    });
  }

  private factsOf({ file, askedAt }: Export, closings: readonly Closing[], deliveries: readonly Delivery[]): Facts {
    const { stage, observer, stale, returns, lab } = this.ground;
    const since = this.startedAt - OVERLAP_MS;
    const sites = ['a', 'b'] as const;
    return {
      home: stage.home,
      siteOfAddress: Object.fromEntries(sites.map((site) => [lab.site(site).address, site])),
      bootstrapOf: Object.fromEntries(sites.map((site) => [site, lab.site(site).kafka.clientAddress])),
      auditFile: file,
      until: askedAt,
      // All of them: what a sample shows may come of a late write of the run before.
      samples: observer.samples.filter(({ at }) => at <= askedAt),
      writes: observer.writes.filter(({ sentAt }) => sentAt >= since && sentAt <= askedAt),
      staleWrites: stale.writes.filter(({ at }) => at <= askedAt),
      closings,
      returns,
      deliveries,
    };
  }

  private report(
    ended: Omit<RunReport, 'schedule' | 'kind' | 'way' | 'struck'> & { readonly strike: Strike | undefined },
  ): RunReport {
    const { strike, ...rest } = ended;
    const { kind, from, to } = this.wanted;
    const way = kind === 'reprotect' ? `of ${to}` : `${from} to ${to}`;
    return { ...rest, schedule: this.schedule, kind, way, struck: strike?.what };
  }
}

/** From the death of the leader of a run to the entry by which somebody else goes on with it. */
const takeoverOf = (runs: readonly AuditedRun[], { run }: Ended, strike: Strike | undefined): number | undefined => {
  const killedAt = strike?.leaderKilledAt;
  if (killedAt === undefined) return undefined;
  const takenOverAt = runs.find(({ id }) => id === run.id)?.takeovers.find((at) => at >= killedAt);
  return takenOverAt === undefined ? undefined : takenOverAt - killedAt;
};
