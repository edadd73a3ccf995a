import type { ClusterStatus, GroupStatus, QueueStatus, StatusAnswer } from '#libs/contracts';
import { messageOf, type Instant, type ReturningSite, type SiteVoice } from '#libs/domain';
import { show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, table, WHY } from '../text.js';
import { liftsText } from './lifts.js';
import { nameTable } from './names.js';
import { returningTable, strandedTable } from './returning.js';

const REFRESH_MS = 2_000;
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

export interface StatusOptions {
  readonly watch?: boolean;
  readonly verbose?: boolean;
}

export const status = async (session: Session, { watch, verbose = false }: StatusOptions): Outcome => {
  if (watch) return watchStatus(session, verbose);
  show(session, await ask(session), (answer) => renderStatus(answer, session.clock.now(), verbose));
  return EXIT.ok;
};

/** Goes on while nobody answers: that is when somebody is watching. */
const watchStatus = async (session: Session, verbose: boolean): Outcome => {
  const { terminal, clock, json } = session;
  const signal = session.interruption();
  while (!signal.aborted) {
    try {
      const answer = await ask(session);
      if (!json) terminal.out((terminal.isScreen ? CLEAR_SCREEN : '') + moment(clock.now()));
      show(session, answer, (seen) => renderStatus(seen, clock.now(), verbose));
    } catch (error) {
      terminal.err(`${moment(clock.now())} ${messageOf(error)}`);
    }
    await clock.sleep(REFRESH_MS, signal);
  }
  return EXIT.ok;
};

const ask = ({ api }: Session) => api.get<StatusAnswer>('/status', (answer) => answer.journal.reachable);

export const renderStatus = (answer: StatusAnswer, now: Instant, verbose = false): string =>
  blocks(
    source(answer),
    table(['CLUSTER', 'VERDICT', 'WHY'], answer.clusters.map(clusterRow)),
    table(['GROUP', 'ACTIVE', 'PHASE', 'MODE', 'FENCE', 'EPOCH', 'LEADER'], answer.groups.map(groupRow)),
    nameTable(answer.groups, now, verbose),
    returningTable(answer.groups, now),
    verbose ? strandedTable(answer.groups) : '',
    answer.groups.flatMap((group) => remarks(group, now)).join('\n'),
    queueTable(answer, verbose),
    table(['GUARD', 'LEASE', 'ARMED', 'ENFORCES'], answer.guards.map(guardRow)),
    next(answer.groups.flatMap(nextOf)),
  );

const source = ({ site, process, journal, missing }: StatusAnswer): string => {
  const record = journal.reachable
    ? 'from the journal'
    : 'UNRECORDED: its own view, it cannot reach the journal and nothing is decided on it';
  const unsaid = journal.missing.filter((member) => !missing.some((text) => text.includes(member)));
  const away = [...unsaid.map((member) => `journal member ${member}`), ...missing];
  return `${process} (site ${site}), ${record}.${away.length > 0 ? `\nMissing: ${away.join('; ')}.` : ''}`;
};

const clusterRow = ({ verdict, recorded }: ClusterStatus): string[] => [
  verdict.cluster,
  recorded ? verdict.kind : `${verdict.kind} (unrecorded)`,
  `${verdict.rule}${verdict.failedForMs > 0 ? `, failing for ${duration(verdict.failedForMs)}` : ''}: ${voices(verdict.voices)}`,
];

export const voices = (all: readonly SiteVoice[]): string =>
  all.map((voice) => `${voice.site} ${voice.opinion}`).join(', ') || 'no site says anything';

const groupRow = (group: GroupStatus): string[] => [
  group.group,
  group.active,
  phaseText(group),
  group.mode,
  group.fenceMode,
  String(group.epoch),
  group.leader ?? 'nobody',
];

/** `running failover`, `awaiting-approval switchover`: what is going on, and of what. */
const phaseText = ({ phase, kind }: GroupStatus): string => (kind ? `${phase} ${kind}` : phase);

const remarks = (status: GroupStatus, now: Instant): string[] => {
  const { group, frozen, onHold, warnings = [], reviewsDue = [] } = status;
  const hold = onHold === undefined ? [] : [`${group} IS ON HOLD, nothing is decided or changed: ${onHold}`];
  const freeze = frozen && [
    `${group} is frozen by ${frozen.by} until ${moment(frozen.until)} (${duration(Math.max(0, frozen.until - now))} left): ${frozen.reason}`,
  ];
  const warned = warnings.map((text) => `${group}: ${text}`);
  const due = reviewsDue.map((id) => `${group}: ${id} was decided by one person alone, and a review is due`);
  return [...hold, ...due, ...warned, ...(freeze ?? []), ...liftsText(status).map((text) => `${group}: ${text}`)];
};

const guardRow = ({ record, leaseHeld }: StatusAnswer['guards'][number]): string[] => [
  record.site,
  leaseHeld ? 'held' : 'LAPSED',
  record.armed ? 'yes' : `NO: ${record.armedBy}`,
  Object.entries(record.enforced)
    .map(([group, { access, epoch, by }]) => `${group}: ${access} at epoch ${epoch} (${by})`)
    .join('; ') || 'nothing yet',
];

/** A ring that waits longer than this has no listener. */
const RING_WAITS_MS = 10_000;

/** The doorbells of the site that was asked: all when wanted, else the ones that are in trouble. */
const queueTable = ({ queues = [] }: StatusAnswer, verbose: boolean): string => {
  const shown = queues.filter(({ depth, oldestMs }) => verbose || depth === null || (oldestMs ?? 0) > RING_WAITS_MS);
  if (shown.length === 0) return '';
  return table(['DOORBELL', 'WAITING', 'OLDEST', 'RUNG', 'MISSED'], shown.map(queueRow));
};

const queueRow = ({ worker, depth, oldestMs, rung, missed }: QueueStatus): string[] => [
  worker,
  depth === null ? 'unknown' : String(depth),
  oldestMs === null ? 'unknown' : duration(oldestMs),
  String(rung),
  String(missed),
];

type Command = readonly [command: string, why: string];

const nextOf = (status: GroupStatus): readonly Command[] =>
  status.onHold === undefined
    ? nextInOrder(status)
    : [[`rescue ${status.group} --active ${status.active}`, 'what its resources hold; then say which site serves']];

const nextInOrder = ({
  group,
  run,
  approval,
  frozen,
  phase,
  returning,
  reviewsDue = [],
}: GroupStatus): readonly Command[] => [
  ...when(approval, (id): readonly Command[] => [
    [`explain ${group}`, 'what is asked for, and everything in the way'],
    [`approve ${id}`, 'let it run; or: deny'],
  ]),
  ...when(run, (id): readonly Command[] => [[`run ${id} --wait`, 'its steps, and what each of them read back']]),
  ...when(frozen, (): readonly Command[] => [[`unfreeze ${group} ${WHY}`, 'let it act again']]),
  ...reviewsDue.map((id): Command => [`review ${id} --note '<found>'`, 'it was decided by one person alone']),
  ...(phase !== 'steady' && !approval ? ([[`explain ${group}`, 'why it stands where it stands']] as const) : []),
  ...(run || approval ? [] : Object.entries(returning ?? {}).flatMap(([site, record]) => wayBack(group, site, record))),
];

const wayBack = (group: string, site: string, { phase, stranded, salvaged }: ReturningSite): readonly Command[] => {
  const isUndecided = (stranded?.records ?? 0) > 0 && !salvaged;
  switch (phase) {
    case 'lost':
      return [[`explain ${group}`, `${site} is taken in by itself when it answers`]];
    case 'quarantined':
      return [
        ['status --verbose', `which records only ${site} has`],
        ...when(isUndecided || undefined, (): readonly Command[] => [
          [`salvage ${group} --as quarantined --site ${site} ${WHY}`, 'say what becomes of them'],
        ]),
        [`reprotect ${group} --site ${site} ${WHY}`, `replicate toward ${site} again`],
      ];
    case 'catching-up':
      return [['status --watch', `${site} is protected once its lag stayed under the RPO`]];
  }
};

const when = <T, R>(value: T | undefined, then: (value: T) => readonly R[]): readonly R[] =>
  value === undefined ? [] : then(value);
