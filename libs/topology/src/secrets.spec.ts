import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseTopology } from './index.js';

/** Without what is commented out. */
const EXAMPLE = readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8').replaceAll(/#.*$/gm, '');
const REFERENCE = /\{ file: [^}]+ \}/g;
const SECRET = 'hunter2-of-the-operator';

const problemOf = (yaml: string): string => {
  try {
    parseTopology(yaml, 'signalbox.yaml');
    return '';
  } catch (error) {
    return `${(error as Error).message}\n${(error as Error).stack}`;
  }
};

describe('a secret in signalbox.yaml', () => {
  const references = [...EXAMPLE.matchAll(REFERENCE)];

  it('is a reference, several times', () => expect(references.length).toBeGreaterThan(5));

  it.each(references.map(({ index, 0: text }) => [text, index] as const))(
    'is refused in the place of %s, and not repeated',
    (text, index) => {
      const yaml = `${EXAMPLE.slice(0, index)}${SECRET}${EXAMPLE.slice(index + text.length)}`;
      const problem = problemOf(yaml);
      expect(problem).toContain('never the secret itself');
      expect(problem).not.toContain(SECRET);
    },
  );
});
