import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { checkTopology } from './check.js';
import { pathText, TopologyError, type Path, type Problem } from './problem.js';
import { TopologyText, type Topology } from './topology.js';

/** Parses and checks the text of signalbox.yaml; `file` only names it in errors. @throws TopologyError */
export function parseTopology(text: string, file = 'signalbox.yaml'): Topology {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const refuse = (problems: readonly Problem[]) => new TopologyError(file, problems);
  if (document.errors.length > 0) {
    throw refuse(
      document.errors.map((error) => ({
        path: '',
        line: lines.linePos(error.pos[0]).line,
        found: error.message,
        expected: 'valid YAML',
      })),
    );
  }
  const located = (path: Path, found: string, expected: string): Problem => {
    const line = lineOf(document, lines, path);
    return { path: pathText(path), ...(line === undefined ? {} : { line }), found, expected };
  };

  const content: unknown = document.toJS();
  const parsed = TopologyText.safeParse(content, { error: phrase });
  if (!parsed.success) {
    throw refuse(
      parsed.error.issues.map((issue) => {
        const path = issue.path as Path;
        const at = issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
        const found = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : describeFound(content, path);
        return located(at, found, issue.message);
      }),
    );
  }
  const problems = checkTopology(parsed.data);
  if (problems.length > 0) throw refuse(problems.map(({ at, found, expected }) => located(at, found, expected)));
  return parsed.data;
}

/** What to write instead, where a schema does not say it in its own words. */
const phrase: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') return `a ${issue.expected === 'object' ? 'map' : issue.expected}`;
  if (issue.code !== 'invalid_value') return undefined;
  return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
};

/** Values below these keys are never shown. */
const SECRET = /^(password|secret|privateKey|token)$/i;

function describeFound(content: unknown, path: Path): string {
  const value = path.reduce<unknown>(
    (inside, key) => (inside instanceof Object ? (inside as Record<string | number, unknown>)[key] : undefined),
    content,
  );
  if (value === undefined || value === null) return 'nothing';
  if (path.some((part) => typeof part === 'string' && SECRET.test(part))) return 'something else (not shown)';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map';
  return JSON.stringify(typeof value === 'string' ? value.replace(/\/\/[^/]*@/, '//…@') : value);
}

/** The line of the path, or of the deepest part of it that is there. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const range = node instanceof Object && 'range' in node ? (node.range as [number, number, number] | null) : null;
    if (range) return lines.linePos(range[0]).line;
  }
  return undefined;
}
