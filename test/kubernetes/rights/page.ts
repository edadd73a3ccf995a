import { format, resolveConfig } from 'prettier';
import { APPS, type App, asked, type Question } from './questions.js';

const INTRODUCTION = `# What each process may do in the API server

What a real API server (Kubernetes 1.36) answers the ServiceAccounts of the chart when they ask whether they may
(\`kubectl auth can-i\`), at a site whose topology names the ConfigMap \`clients\`, the Secret \`login\` and the Deployment \`orders\` in
\`orders\`, and in \`kafka\` the KafkaMirrorMaker2 \`b-to-a\` with its ConfigMaps of positions, the
KafkaConnectors \`bills-mirror\` and \`bills-checkpoints\`, the KafkaUsers \`orders-app\` and
\`signalbox\`, and as \`fencePolicy\` the NetworkPolicy \`signalbox-fence\`. Written by
\`npm run test:kubernetes\` with \`SIGNALBOX_RECORD=yes\`; without it the suite compares. What nobody may do is at the end.

The right to **create** one NetworkPolicy by its name counts for server-side apply alone, whose request says the name before
anything is made. A POST says none to whoever judges it: that is \`create\` without a name, which nobody may.
`;

export type Answers = ReadonlyMap<Question, readonly App[]>;

/** @param path where it will stand, which decides how it is laid out */
export async function rightsPage(answers: Answers, path: string): Promise<string> {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = [...answers].map(([question, allowed]) =>
    line([`\`${asked(question).join(' ')}\``, ...APPS.map((app) => (allowed.includes(app) ? '**yes**' : 'no'))]),
  );
  const head = [line(['may it …', ...APPS]), line(['---', ...APPS.map(() => '---')])];
  const text = [INTRODUCTION, ...head, ...rows].join('\n');
  return format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
}
