import type { ClusterStatus, GroupStatus, StatusAnswer } from '#libs/contracts';
import type { Instant, SiteVoice } from '#libs/domain';
import { show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, table } from '../text.js';

const REFRESH_MS = 2_000;
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

export const status = async (session: Session): Outcome => {
  show(session, await ask(session), (answer) => renderStatus(answer, session.clock.now()));
  return EXIT.ok;
};

/** Goes on while nobody answers: that is when somebody is watching. */
export const watchStatus = async (session: Session, signal: AbortSignal): Outcome => {
  while (!signal.aborted) {
    try {
      const answer = await ask(session);
      if (!session.json) session.terminal.out(CLEAR_SCREEN + moment(session.clock.now()));
      show(session, answer, (seen) => renderStatus(seen, session.clock.now()));
    } catch (error) {
      session.terminal.err(`${moment(session.clock.now())} ${error instanceof Error ? error.message : String(error)}`);
    }
    await session.clock.sleep(REFRESH_MS, signal);
  }
  return EXIT.ok;
};

const ask = ({ api }: Session) => api.get<StatusAnswer>('/status', (answer) => answer.journal.reachable);

export const renderStatus = (answer: StatusAnswer, now: Instant): string =>
  blocks(
    source(answer),
    table(['CLUSTER', 'VERDICT', 'WHY'], answer.clusters.map(clusterRow)),
    table(['GROUP', 'ACTIVE', 'PHASE', 'MODE', 'FENCE', 'EPOCH', 'LEADER'], answer.groups.map(groupRow)),
    answer.groups.flatMap((group) => remarks(group, now)).join('\n'),
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
  group.phase,
  group.mode,
  group.fenceMode,
  String(group.epoch),
  group.leader ?? 'nobody',
];

const remarks = ({ group, frozen, quarantined }: GroupStatus, now: Instant): string[] => [
  ...(frozen
    ? [
        `${group} is frozen by ${frozen.by} until ${moment(frozen.until)} (${duration(Math.max(0, frozen.until - now))} left): ${frozen.reason}`,
      ]
    : []),
  ...quarantined.map((site) => `${group}: site ${site} is in quarantine; it takes no writes and cannot become active.`),
];

const guardRow = ({ record, leaseHeld }: StatusAnswer['guards'][number]): string[] => [
  record.site,
  leaseHeld ? 'held' : 'LAPSED',
  record.armed ? 'yes' : `NO: ${record.armedBy}`,
  Object.entries(record.enforced)
    .map(([group, { access, epoch, by }]) => `${group}: ${access} at epoch ${epoch} (${by})`)
    .join('; ') || 'nothing yet',
];

const nextOf = ({ group, run, approval, frozen, phase }: GroupStatus): (readonly [string, string])[] => [
  ...(approval
    ? ([
        [`explain ${group}`, 'what is asked for, and everything in the way'],
        [`approve ${approval}`, 'let it run; or: deny'],
      ] as const)
    : []),
  ...(run ? ([[`run ${run}`, 'its steps, and what each of them read back']] as const) : []),
  ...(frozen ? ([[`unfreeze ${group} --reason …`, 'let it act again']] as const) : []),
  ...(phase !== 'steady' && !approval ? ([[`explain ${group}`, 'why it stands where it stands']] as const) : []),
];
