import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { decide, initialGroupState, type GroupEvent, type GroupState } from '#libs/decision';
import { approvalId, groupId, instant, runId, siteId } from '#libs/domain';
import { Tally } from '../simulation/report.js';
import { sendOut } from '../simulation/fleet.js';
import { evidence, SETTINGS, verdict } from '../support/decision-facts.js';
import type { ThousandGroups } from './thousand-groups.js';

const LIFE_HOURS = 6;
const DECISIONS = 1_000_000;
const run = promisify(execFile);

/** What `npm run bench -- decision --json` prints. */
export interface DecisionReport {
  readonly figures: {
    /** Three sites, one group, with everything that goes wrong. */
    readonly siteHoursPerCoreHour: number;
    readonly decidePerSecond: number;
    readonly thousandGroupsRssMb: number;
    /** Of one core. */
    readonly thousandGroupsCpu: number;
  };
  readonly simulation: { readonly seeds: number; readonly siteHours: number; readonly siteHoursLived: number };
  readonly thousandGroups: ThousandGroups;
}

/** How fast the core decides: in a simulated life, by itself, and for a thousand groups in one orchestrator. */
export async function benchDecision(seeds: number, say: (line: string) => void): Promise<DecisionReport> {
  say(`${DECISIONS} decisions`);
  const decidePerSecond = decisionsPerSecond();
  say(`${seeds} simulated lives of ${LIFE_HOURS} h, on one core`);
  const { siteHours, siteHoursLived, siteHoursPerCoreHour } = await livesOn(seeds);
  say('a thousand groups in one orchestrator, for three quarters of a minute');
  const thousandGroups = await inOwnProcess();
  return {
    figures: {
      siteHoursPerCoreHour,
      decidePerSecond,
      thousandGroupsRssMb: thousandGroups.rssMb,
      thousandGroupsCpu: thousandGroups.cpu,
    },
    simulation: { seeds, siteHours, siteHoursLived },
    thousandGroups,
  };
}

/** Calm evaluations, a dwell, a failover that starts, and one that vetoes stop: what leaders meet. In CPU time. */
function decisionsPerSecond(): number {
  const fresh = { run: runId('run-1'), approval: approvalId('approval-1') };
  const at = instant(0);
  const evaluated = (change: Parameters<typeof evidence>[1]): GroupEvent => ({
    kind: 'evaluated',
    at,
    evidence: evidence('a', change),
    fresh,
  });
  const down = verdict('a', 'down', 'silent');
  const dwelling = { ...down, failedForMs: 10_000 };
  const events = [
    ...Array.from({ length: 7 }, () => evaluated({})),
    evaluated({ verdicts: [dwelling, verdict('b', 'up')] }),
    evaluated({ verdicts: [down, verdict('b', 'up')] }),
    evaluated({ verdicts: [down, verdict('b', 'up')], guards: {} }),
  ];
  const steady = initialGroupState(groupId('orders'), siteId('a'));
  const states: readonly GroupState[] = [steady, { ...steady, phase: 'suspecting' }];
  const before = process.cpuUsage();
  for (let count = 0; count < DECISIONS; count++) {
    decide(states[count % 2] ?? steady, events[count % events.length] as GroupEvent, SETTINGS);
  }
  const { user, system } = process.cpuUsage(before);
  return Math.round(DECISIONS / ((user + system) / 1_000_000));
}

async function livesOn(seeds: number) {
  const errands = Array.from({ length: seeds }, (_, index) => ({
    seed: 1 + index,
    hours: LIFE_HOURS,
    isSample: false,
  }));
  const tally = new Tally();
  await sendOut(errands, 1, (life) => {
    tally.add(life);
    return true;
  });
  return tally.report;
}

/** So that its memory is its own. */
async function inOwnProcess(): Promise<ThousandGroups> {
  const script = new URL('./thousand-groups-process.js', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [script]);
  return JSON.parse(stdout) as ThousandGroups;
}

export const decisionInWords = ({ figures, thousandGroups, simulation }: DecisionReport): string =>
  [
    `${figures.siteHoursPerCoreHour} simulated site-hours per core-hour (${simulation.siteHours} site-hours played)`,
    `${figures.decidePerSecond} decisions a second on one core`,
    `${thousandGroups.led} groups led: ${figures.thousandGroupsRssMb} MB, ${figures.thousandGroupsCpu} of a core`,
    `  ${thousandGroups.looksPerSecond} looks a second, no group unseen for longer than ${thousandGroups.unseenMsMax} ms`,
  ].join('\n');
