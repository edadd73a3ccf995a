import type { PreflightAnswer } from '#libs/contracts';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, table } from '../text.js';
import { everyGroup } from './every-group.js';

/** Is a group ready to be moved? Asked before anything is needed; without a group, of every one. */
export const preflight = async (session: Session, group: string | undefined): Outcome => {
  const answers: PreflightAnswer[] = [];
  for (const each of group === undefined ? await everyGroup(session) : [group]) {
    answers.push(await session.api.get<PreflightAnswer>(groupPath(each, 'preflight')));
  }
  // With --json what one group answers is not wrapped; without a group it is a list.
  const answer = group === undefined ? answers : answers[0];
  show(session, answer, () => renderPreflight(answers));
  return answers.every(({ ok }) => ok) ? EXIT.ok : EXIT.refused;
};

const renderPreflight = (answers: readonly PreflightAnswer[]): string =>
  blocks(
    table(
      ['GROUP', 'CHECK', 'RESULT', 'FOUND'],
      answers.flatMap(({ group, checks }) =>
        checks.map(({ name, ok, message }) => [group, name, ok ? 'ok' : 'FAILED', message]),
      ),
    ),
    toMend(answers).join('\n'),
    answers.map(({ group, ok }) => `${group} is ${ok ? 'ready to be moved' : 'NOT ready'}.`).join('\n'),
  );

const toMend = (answers: readonly PreflightAnswer[]): readonly string[] => {
  const lines = answers.flatMap(({ group, checks }) =>
    checks.filter(({ ok }) => !ok).map(({ name, remedy }) => `  ${group} ${name}: ${remedy || 'see what was found'}`),
  );
  return lines.length > 0 ? ['What to do:', ...lines] : [];
};
