import type { ExplainAnswer, TimelineRow, VoteView } from '#libs/contracts';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, nextSteps, table } from '../text.js';
import { liftsText } from './lifts.js';
import { vetoText } from './vetoes.js';

const SHOWN_ROWS = 8;

export const explain = async (session: Session, group: string): Outcome => {
  show(session, await session.api.get<ExplainAnswer>(groupPath(group, 'explain')), renderExplain);
  return EXIT.ok;
};

export const renderExplain = (answer: ExplainAnswer): string => {
  const { timeline = [] } = answer;
  return blocks(
    `${answer.group} is ${answer.phase}, by rule ${answer.rule}.`,
    verdictText(answer),
    votesText(answer),
    vetoText(answer.vetoes),
    liftsText(answer).join('\n'),
    answer.toChange.length > 0
      ? ['What would have to change:', ...answer.toChange.map((text) => `  ${text}`)].join('\n')
      : '',
    timeline.length > 0
      ? table(
          ['FROM', 'FOR', 'PHASE', 'RULE', 'IN THE WAY', 'WHAT FOLLOWED', 'EPOCH', 'BY'],
          timeline.slice(0, SHOWN_ROWS).map(timelineRow),
        )
      : '',
    answer.next
      ? nextSteps(answer.next)
      : next([
          [`plan ${answer.group}`, 'what a failover would do, without doing it'],
          [`audit export ${answer.group}`, 'every decision with its evidence'],
        ]),
  );
};

const verdictText = ({ verdict, recorded }: ExplainAnswer): string => {
  const since = verdict.failedForMs > 0 ? `, failing for ${duration(verdict.failedForMs)}` : '';
  const dwell = verdict.dwellMs === undefined ? '' : ` of a dwell of ${duration(verdict.dwellMs)}`;
  return `Cluster ${verdict.cluster} is ${verdict.kind} by ${verdict.rule}${since}${dwell}${recorded ? '' : ', UNRECORDED'}.`;
};

/** Every vote, and the sites from which there is none. */
const votesText = ({ verdict, votes = [] }: ExplainAnswer): string =>
  table(
    ['SITE', 'SAYS', 'FOR', 'AGE', 'VOTE OF', 'WHY'],
    verdict.voices.flatMap(({ site, opinion }) => {
      const own = votes.filter((vote) => vote.site === site);
      return own.length === 0 ? [[site, opinion, '', '', '', 'no vote stands']] : own.map(voteRow);
    }),
  );

const voteRow = ({ site, opinion, failedForMs, healthyForMs, ageMs, process, reason }: VoteView): readonly string[] => [
  site,
  opinion,
  duration(Math.max(failedForMs, healthyForMs)),
  ageMs === undefined ? '' : duration(ageMs),
  process,
  reason,
];

const timelineRow = (row: TimelineRow): readonly string[] => [
  moment(row.from),
  row.until === undefined ? 'until now' : duration(row.until - row.from),
  row.phase,
  `${row.rules.join(', ')}${row.times > 1 ? ` (${row.times} times)` : ''}`,
  row.vetoes.join(', '),
  row.follows.join(', '),
  String(row.epoch),
  row.by,
];
