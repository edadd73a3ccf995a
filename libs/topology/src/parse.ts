import { messageOf } from '#libs/domain';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { checkTopology } from './checks/check-topology.js';
import { pathText, TopologyError, type Path, type Problem } from './problem.js';
import { expectation, schemaFinding } from './schema-finding.js';
import { TopologyText, type Topology } from './topology.js';

/** Parses and checks the text of signalbox.yaml; `file` only names it in errors. @throws TopologyError */
export function parseTopology(text: string, file = 'signalbox.yaml'): Topology {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const content = contentOf(document, lines, file);
  const parsed = TopologyText.safeParse(content, { error: expectation });
  const findings = parsed.success
    ? checkTopology(parsed.data)
    : parsed.error.issues.map((issue) => schemaFinding(issue, content));
  if (parsed.success && findings.length === 0) return parsed.data;

  const problems = findings.map(({ at, found, expected }): Problem => {
    const line = lineOf(document, lines, at);
    return { path: pathText(at), ...(line === undefined ? {} : { line }), found, expected };
  });
  throw new TopologyError(
    file,
    problems.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0)),
  );
}

function contentOf(document: Document.Parsed, lines: LineCounter, file: string): unknown {
  const expected = 'valid YAML';
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({
      path: '',
      line: lines.linePos(pos[0]).line,
      found: message,
      expected,
    }));
    throw new TopologyError(file, problems);
  }
  try {
    return document.toJS();
  } catch (error) {
    throw new TopologyError(file, [{ path: '', found: messageOf(error), expected }], { cause: error });
  }
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
