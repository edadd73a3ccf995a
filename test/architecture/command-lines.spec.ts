import { describe, expect, it } from '@jest/globals';
import { wordsOf } from '../../apps/cli/src/command-words.js';
import { problemWith } from '../../apps/cli/src/program.js';
import { commandsOf, everything } from '../../apps/cli/src/reference.js';
import { checkedInFiles, contentOf } from './checkout.js';

const files = checkedInFiles();
const names = commandsOf(everything()).map(([name]) => name);

/** What stands for something that whoever types it knows. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  duration: '1h',
  kind: 'failover',
  shell: 'bash',
  what: 'replayed',
};

const filledIn = (line: string): string =>
  line
    .replaceAll(/[<[]([\w-]+)[>\]]/g, (_, name: string) => PLACEHOLDERS[name] ?? 'x')
    .replaceAll('--for …', '--for 1h')
    .replaceAll('…', 'x');

/** Undefined for what the program understands, and for a bare name of a command or of a family. */
const problemOf = async (line: string): Promise<string | undefined> => {
  const words = wordsOf(filledIn(line)).slice(1);
  const name = words.join(' ');
  if (names.some((each) => each === name || each.startsWith(`${name} `))) return undefined;
  return problemWith(words);
};

/** Code spans, and lines of code blocks: as they are typed, or as something printed says to. */
const inMarkdown = (text: string): readonly string[] => [
  ...[...text.matchAll(/`(signalbox [^`\n]+)`/g)].map(([, line = '']) => line),
  ...[...text.matchAll(/^(?:\$ | +)?(?:npx )?(signalbox [a-z-].*?)(?: {2}.*)?$/gm)].map(([, line = '']) => line),
];

/** What a message tells to type: to the end of its text, or of the sentence. */
const inSource = (text: string): readonly string[] =>
  withoutExpressions(text, constantsIn(text))
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
    .flatMap((line) => line.match(/`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g) ?? [])
    .flatMap((literal) => literal.slice(1, -1).match(COMMAND_LINE) ?? []);

const COMMAND_LINE = /(?<![\w.@/$-])signalbox [a-z-].*?(?= {2}|[,;.)](?: |$)| \(|$)/g;

/** Texts by the names of their constants. */
const constantsIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/const ([A-Z_]+) = (?:'(.*)'|"(.*)");/g)].map(([, name = '', a, b]) => [name, a ?? b ?? '']),
  );

const shared = constantsIn(contentOf('apps/cli/src/text.ts'));

/** Template expressions as words: a constant is its text, an alternative is left out, anything else is an `X`. */
const withoutExpressions = (text: string, constants: ReadonlyMap<string, string>): string => {
  const start = text.indexOf('${');
  if (start === -1) return text;
  let depth = 1;
  let end = start + 2;
  for (; end < text.length && depth > 0; end++) depth += { '{': 1, '}': -1 }[text.charAt(end)] ?? 0;
  const expression = text.slice(start + 2, end - 1);
  const word = constants.get(expression) ?? shared.get(expression) ?? (expression.includes(' ? ') ? '' : 'X');
  return text.slice(0, start) + word + withoutExpressions(text.slice(end), constants);
};

const problemsIn = async (pattern: RegExp, linesOf: (text: string) => readonly string[]) => {
  const lines = files
    .filter((file) => pattern.test(file))
    .flatMap((file) => linesOf(contentOf(file)).map((line) => ({ file, line })));
  const problems: string[] = [];
  for (const { file, line } of lines) {
    const problem = await problemOf(line);
    if (problem) problems.push(`${file}: ${line}: ${problem}`);
  }
  return { lines, problems };
};

/** At 3 a.m. a command line is copied, not read. */
describe('every command line of signalbox', () => {
  it('that a document shows can be typed as it stands', async () => {
    const { lines, problems } = await problemsIn(/^(docs\/.*|README)\.md$/, inMarkdown);
    expect(problems).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
  });

  it('that a message tells to type can be typed as it stands', async () => {
    const sources = /^(libs|apps)\/[\w-]+\/src\/.*(?<!\.spec|\.conformance)\.ts$/;
    const { lines, problems } = await problemsIn(sources, inSource);
    expect(problems).toEqual([]);
    expect(lines.length).toBeGreaterThan(5);
  });

  it('is found wherever it stands', () => {
    expect(inMarkdown('see `signalbox run <id>`:\n\n```\n$ signalbox status --watch\n```\n')).toEqual([
      'signalbox run <id>',
      'signalbox status --watch',
    ]);
    expect(inSource("hard('x', `mend it, then: signalbox reprotect ${group} --site ${site}, or wait`)")).toEqual([
      'signalbox reprotect X --site X',
    ]);
    const text =
      "const WHY = '--reason x';\nconst a = `signalbox deny ${id} ${WHY}${by ? `  (not ${by})` : ''}`, b = `signalbox ${kind}`;";
    expect(inSource(text)).toEqual(['signalbox deny X --reason x']);
  });

  it.each(['signalbox dance', 'signalbox reprotect orders a --reason …', 'signalbox run skip r-1 --reason …'])(
    'is a problem when it is %s',
    async (line) => {
      expect(await problemOf(line)).toEqual(expect.stringContaining('error:'));
    },
  );
});
