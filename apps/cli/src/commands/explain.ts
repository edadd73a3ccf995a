import type { ExplainAnswer } from '#libs/contracts';
import type { AuditEntry } from '#libs/domain';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, nextSteps, table } from '../text.js';
import { liftsText } from './lifts.js';
import { vetoText } from './vetoes.js';

const SHOWN_DECISIONS = 5;

export const explain = async (session: Session, group: string): Outcome => {
  show(session, await session.api.get<ExplainAnswer>(groupPath(group, 'explain')), renderExplain);
  return EXIT.ok;
};

export const renderExplain = (answer: ExplainAnswer): string =>
  blocks(
    `${answer.group} is ${answer.phase}, by rule ${answer.rule}.`,
    verdictText(answer),
    vetoText(answer.vetoes),
    liftsText(answer).join('\n'),
    answer.toChange.length > 0
      ? ['What would have to change:', ...answer.toChange.map((text) => `  ${text}`)].join('\n')
      : '',
    answer.decisions.length > 0
      ? table(
          ['DECIDED', 'RULE', 'BEFORE', 'AFTER', 'EPOCH', 'BY'],
          answer.decisions.slice(0, SHOWN_DECISIONS).map(decisionRow),
        )
      : '',
    answer.next
      ? nextSteps(answer.next)
      : next([
          [`plan ${answer.group}`, 'what a failover would do, without doing it'],
          [`audit export ${answer.group}`, 'every decision with its evidence'],
        ]),
  );

const verdictText = ({ verdict, recorded }: ExplainAnswer): string => {
  const since = verdict.failedForMs > 0 ? `, failing for ${duration(verdict.failedForMs)}` : '';
  const dwell = verdict.dwellMs === undefined ? '' : ` of a dwell of ${duration(verdict.dwellMs)}`;
  const voices = verdict.voices.map(
    ({ site, opinion, reasons }) => `  ${site}: ${opinion}${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}`,
  );
  return [
    `Cluster ${verdict.cluster} is ${verdict.kind} by ${verdict.rule}${since}${dwell}${recorded ? '' : ', UNRECORDED'}.`,
    ...voices,
  ].join('\n');
};

const decisionRow = (entry: AuditEntry): string[] => [
  moment(entry.at),
  entry.rule,
  entry.before,
  entry.after,
  String(entry.epoch),
  entry.actor.id,
];
