import type { GroupStatus, StatusAnswer } from '#libs/contracts';
import type { Backlog, Instant, ReturningSite } from '#libs/domain';
import { readLogs } from './aftermath.js';
import { onlyAtA } from './counts.js';
import { completed, type } from './requests.js';
import type { ReturnReport } from './report.js';
import { fenceFelt, type Felt } from './return-fence.js';
import { beginChapter, type Stage } from './stage.js';
import { waitFor } from './steady.js';

const TAKEN_IN_WITHIN_MS = 180_000;
const COUNTED_WITHIN_MS = 180_000;
const PROTECTED_WITHIN_MS = 180_000;
/** Tries inside A that must have been refused before its fence counts as proven. */
const ENOUGH_REFUSALS = 20;

/** Site A starts again with its data, is taken into quarantine, and replication toward it begins on people's word. */
export const awaitReturn = async (stage: Stage): Promise<ReturnReport> => {
  const { viewer, group, home } = stage;
  const felt = await restartUnderFire(stage);
  const stranded = await countedAtHome(stage);
  const logs = await readLogs(stage);
  await type(stage, viewer, 'status', '--verbose');
  await type(stage, viewer, 'explain', group);
  beginChapter(stage, 'protect');
  return {
    fencedAfterMs: felt.fencedAfterMs,
    writableMs: felt.writableMs,
    ackedBeforeFence: felt.ackedBeforeFence,
    strandedRecords: stranded.records,
    ranges: stranded.ranges,
    onlyAtA: onlyAtA(logs),
    protectedAfterMs: await protect(stage, home),
  };
};

/** A producer inside A, which knows no name, tries to write from the first moment at which a broker is there. */
const restartUnderFire = async (stage: Stage): Promise<Felt> => {
  const { lab, clients, clock, timeline, home } = stage;
  const startedAt = clock.now();
  timeline.tell(
    'return',
    'everything in site A starts again, with its data; a producer inside it tries to write',
    startedAt,
  );
  clients.startPinned();
  await lab.restart(home);
  const felt = await waitFor('refusals inside A', { clock, withinMs: TAKEN_IN_WITHIN_MS }, async () => {
    await inPhase(stage, 'quarantined');
    const now = fenceFelt(clients.ledger, startedAt);
    return now && now.refusals >= ENOUGH_REFUSALS ? now : undefined;
  });
  await clients.stopPinned();
  const { fencedAfterMs, ackedBeforeFence, fenceFeltAt } = felt;
  const text = `A refuses writes ${fencedAfterMs} ms after its broker first answered; it had acknowledged ${ackedBeforeFence} records by then`;
  timeline.tell('fence', text, fenceFeltAt);
  return felt;
};

const inPhase = ({ api, group, home, clock }: Stage, phase: ReturningSite['phase']): Promise<ReturningSite> =>
  waitFor(`${home} ${phase}`, { clock, withinMs: TAKEN_IN_WITHIN_MS }, async () => {
    const site = (await statusOf({ api, group })).returning[home];
    if (site?.phase === phase) return site;
    throw new Error(site ? `${home} is ${site.phase} by ${site.rule}` : `${home} is not on its way back`);
  });

/** Where its Connect is not there yet, Signalbox takes the site in again until it can count. */
const countedAtHome = (stage: Stage): Promise<Backlog> =>
  waitFor(
    `a count of what is stranded at ${stage.home}`,
    { clock: stage.clock, withinMs: COUNTED_WITHIN_MS },
    async () => {
      const { stranded } = await inPhase(stage, 'quarantined');
      return stranded;
    },
  );

export const statusOf = async ({ api, group }: Pick<Stage, 'api' | 'group'>): Promise<GroupStatus> => {
  const { groups } = await api.get<StatusAnswer>('/status', ({ journal }) => journal.reachable);
  const found = groups.find((each) => each.group === group);
  if (found) return found;
  throw new Error(`no orchestrator knows ${group}`);
};

/** One person asks, another one approves; how long it took from then until the site could become active again, in ms. */
export const protect = async (stage: Stage, site: string): Promise<number> => {
  const { clock, timeline, viewer } = stage;
  const { run, approval, askedAt } = await completed(stage, 'reprotect', '--site', site, '--reason', `${site} is back`);
  const approvedAt = approval?.decidedAt ?? askedAt;
  timeline.tell(
    'protect',
    `run ${run.id} is ${run.phase}; replication toward ${site} has to keep up for a while`,
    clock.now(),
  );
  await waitFor(`protection of ${site}`, { clock, withinMs: PROTECTED_WITHIN_MS }, async () => {
    const returning = (await statusOf(stage)).returning[site];
    if (returning) throw new Error(`${site} is ${returning.phase} by ${returning.rule}`);
    return true;
  });
  const protectedAt: Instant = clock.now();
  timeline.tell('protect', `${site} is protected again: it keeps up and could become active`, protectedAt);
  await type(stage, viewer, 'status');
  return protectedAt - approvedAt;
};
