import { messageOf } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { join } from 'node:path';
import { reassertedAfter } from './checker/judge-resources.js';
import { nextRun, SINCE_FAILOVER_AT_FIRST } from './drive.js';
import { Ground } from './ground.js';
import { JudgedRun } from './judged-run.js';
import { sumUp, type ChaosReport, type RunReport } from './report.js';
import { scheduleOf, type FaultName } from './schedule.js';

export interface Campaign {
  readonly runs: number;
  readonly seed: number;
  readonly fault?: FaultName;
  /** Ends with the first violation. */
  readonly bail?: boolean;
  readonly clock: Clock;
  /** Where a run that went wrong leaves what was said. */
  readonly logs: string;
  readonly say: (line: string) => void;
  readonly onRun: (report: RunReport) => void;
}

/** A lab that could not be set up, or in which nothing moves any more, is left for a new one this often in a row. */
const ATTEMPTS = 5;
/** Before the next one: what was just ended may still hold its ports. */
const PAUSE_MS = 10_000;

/** One run after the other, most of them in the same lab, and what the checker says of all of them. */
export const playCampaign = async (campaign: Campaign): Promise<ChaosReport> => {
  const reports: RunReport[] = [];
  const fences = { staleWritesRefused: 0, weakFencesReasserted: 0 };
  const isOver = () =>
    reports.length >= campaign.runs || (campaign.bail && reports.some(({ violations }) => violations.length > 0));
  for (let labs = 0, inVain = 0; !isOver() && inVain < ATTEMPTS; labs += 1) {
    const before = reports.length;
    try {
      await inOneLab(campaign, labs, reports, fences);
    } catch (error) {
      campaign.say(`the lab is given up: ${messageOf(error)}`);
      await campaign.clock.sleep(PAUSE_MS);
    }
    inVain = reports.length === before ? inVain + 1 : 0;
  }
  return sumUp(reports, fences, campaign.seed);
};

const inOneLab = async (campaign: Campaign, labs: number, reports: RunReport[], fences: Fences): Promise<void> => {
  const { clock, say, onRun, seed, fault, runs } = campaign;
  const ground = await Ground.up(clock, join(campaign.logs, `lab-${labs + 1}`), say);
  const stranded = new Set<string>();
  let sinceFailover = SINCE_FAILOVER_AT_FIRST;
  let isUsable = true;
  try {
    while (isUsable && reports.length < runs) {
      await ground.serves();
      const schedule = scheduleOf(seed + reports.length, fault);
      const wanted = await nextRun(ground.stage, schedule, sinceFailover);
      sinceFailover = wanted.kind === 'failover' ? 0 : sinceFailover + 1;
      const report = await new JudgedRun(ground, schedule, wanted, stranded).play();
      reports.push(report);
      onRun(report);
      if (report.violations.length > 0 || !report.isCompleted) say(`kept: ${ground.keepLogs()}`);
      isUsable = report.isCompleted && report.violations.length === 0;
    }
  } catch (error) {
    say(`kept: ${ground.keepLogs()}`);
    throw error;
  } finally {
    count(fences, ground);
    await ground.down();
  }
};

interface Fences {
  staleWritesRefused: number;
  weakFencesReasserted: number;
}

/** What the resources of a lab refused by themselves, and what was put right where they could not. */
const count = (fences: Fences, { stale, observer }: Ground): void => {
  const landed = stale.writes.filter(({ fence, answer }) => fence === 'weak' && answer === 'accepted');
  fences.weakFencesReasserted += landed.filter(
    (write) => reassertedAfter(write, observer.samples) !== undefined,
  ).length;
  fences.staleWritesRefused += stale.writes.filter(
    ({ fence, answer }) => fence === 'strong' && answer === 'refused',
  ).length;
};
