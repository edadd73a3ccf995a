import type { ForecastAnswer } from '#libs/contracts';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, nextSteps, table } from '../text.js';
import { everyGroup } from './every-group.js';

export interface ForecastOptions {
  readonly to?: string;
}

/** If we failed over now. Without a group, of every one. */
export const forecast = async (session: Session, group: string | undefined, { to }: ForecastOptions): Outcome => {
  const query = to === undefined ? '' : `?${new URLSearchParams({ to }).toString()}`;
  const answers: ForecastAnswer[] = [];
  for (const each of group === undefined ? await everyGroup(session) : [group]) {
    answers.push(await session.api.get<ForecastAnswer>(groupPath(each, 'forecast') + query));
  }
  // As preflight: a list only when it was asked of every group.
  show(session, group === undefined ? answers : answers[0], () => renderForecasts(answers));
  return EXIT.ok;
};

const renderForecasts = (answers: readonly ForecastAnswer[]): string =>
  blocks(
    table(['GROUP', 'FAILOVER', 'AT RISK', 'TAKES', 'WOULD START'], answers.map(rowOf)),
    ...answers.map(obstaclesOf),
    nextSteps(answers.flatMap(({ next }) => next)),
  );

const rowOf = ({ group, from, to, atRisk, takes, start }: ForecastAnswer): readonly string[] => [
  group,
  to === undefined ? `${from} → nowhere` : `${from} → ${to}`,
  atRisk ? `${atRisk.records} records, ${duration(atRisk.ms)}` : 'nobody measures it',
  takes ? `${duration(takes.medianMs)}, p95 ${duration(takes.p95Ms)} (${takes.runs} runs)` : 'none has run yet',
  STARTS[start],
];

const STARTS: Readonly<Record<ForecastAnswer['start'], string>> = {
  'at-once': 'at once',
  'after-approval': 'after an approval',
  'not-now': 'not now',
};

const obstaclesOf = ({ group, vetoes, warnings }: ForecastAnswer): string => {
  const lines = [
    ...vetoes.map(({ name, message }) => `  veto ${name}: ${message}`),
    ...warnings.map(({ name, message, remedy }) => `  ${name}: ${message}${remedy && ` → ${remedy}`}`),
  ];
  return lines.length === 0 ? `${group}: nothing is in the way.` : [`${group}:`, ...lines].join('\n');
};
