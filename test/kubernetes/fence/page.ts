import { format, resolveConfig } from 'prettier';
import type { Attempt, Section } from './attempt.js';
import type { Result } from './arena.js';
import { KINDS } from './kind.js';

const INTRODUCTION = `# The fence in the API server

What a real API server (Kubernetes 1.36) answers when somebody with every right tries to get past the two admission policies
of the chart. Written by \`npm run test:kubernetes\` with \`SIGNALBOX_RECORD=yes\`; without it the suite compares.

Every attempt is made on a new object that carries the label \`signalbox.io/group: orders\` and is sealed under epoch 7, by an
administrator (\`system:masters\`) unless the row says otherwise. After a refusal the object was read again and was as before.
KafkaMirrorMaker2 and KafkaUser are asked as \`v1\`, KafkaConnector as \`v1beta2\`; their definitions are stand-ins without
Strimzi's schemas. A KafkaUser's owner goes on changing its rules ([0055](adr/0055-where-strimzi-owns-the-acls-the-fence-is-in-its-users.md)):
no stamp is asked of it, and a \`deny\` rule of the fence that is taken out is set again by site-guard.

- 403 and 422 with words are the fence. 409, 415 and 405 are the API's own.
- **in bold**: taken, as it has to be.
- ·: answered well, and nothing that is fenced changed.
- –: this kind knows no such request.
`;

export type Results = ReadonlyMap<string, Result>;

/** Names one cell of the page. */
export const cellKey = (section: Section, attempt: Attempt, kind: string): string =>
  [section.title, attempt.name, kind].join('\n');

/** @param path where it will stand, which decides how it is laid out */
export async function fencePage(sections: readonly Section[], results: Results, path: string): Promise<string> {
  const text = [INTRODUCTION, ...sections.map((section) => tableOf(section, results))].join('\n');
  return format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
}

function tableOf(section: Section, results: Results): string {
  const heads = [section.title, ...KINDS.map(({ kind }) => kind), 'in its words'];
  const rows = section.attempts.map((attempt) => rowOf(section, attempt, results));
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `## ${section.title}\n`,
    line(['attempt', ...heads.slice(1)]),
    line(heads.map(() => '---')),
    ...rows.map(line),
    '',
  ].join('\n');
}

function rowOf(section: Section, attempt: Attempt, results: Results): string[] {
  const found = KINDS.map(({ kind }) => results.get(cellKey(section, attempt, kind)));
  const words = found.map((result) => result?.words).filter((text) => text !== undefined);
  const own = [...new Set(words.map(ownWords).filter((text) => text !== ''))];
  return [attempt.name, ...found.map((result) => (result === undefined ? '–' : cellOf(result))), own.join(' / ')];
}

function cellOf({ status, before, after }: Result): string {
  if (status >= 300) return String(status);
  return JSON.stringify(before) === JSON.stringify(after) ? '·' : `**${status}**`;
}

/** What the policy says, without what the API server puts before it. */
function ownWords(text: string): string {
  return (/denied request: (.*)$/.exec(text)?.[1] ?? '').replaceAll(/[<>]/g, (sign) => `\\${sign}`).slice(0, 240);
}
