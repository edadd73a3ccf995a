import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseTopology, TopologyError, type Problem } from '#libs/topology';
import { parse, stringify } from 'yaml';

const FILE = new URL('../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);

/** The documented example as loose data, so that a test can break one thing in it. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

/** What the check says of the example after `change`. */
export function problemsAfter(change: (document: Loose) => void): readonly Problem[] {
  const document: Loose = parse(readFileSync(FILE, 'utf8'));
  change(document);
  try {
    parseTopology(stringify(document, { aliasDuplicateObjects: false }));
    return [];
  } catch (error) {
    if (error instanceof TopologyError) return error.problems;
    throw error;
  }
}

/** Leaves out the witness, in the only shape that keeps a journal when the active site is lost. */
export function withoutWitness(document: Loose): void {
  document.sites.pop();
  delete document.journal.otherWays;
  document.journal.members = { a: document.journal.members.a, b: ['http://b1:2379', 'http://b2:2379'] };
  document.groups[0].traffic = [];
}

/** A second group like the first one. */
export function secondGroup(document: Loose): Loose {
  const copy = structuredClone(document.groups[0]);
  copy.id = 'billing';
  document.groups.push(copy);
  return copy;
}

/** What is wrong, and where it must be reported with which words. */
export type Case = readonly [
  what: string,
  change: (document: Loose) => void,
  path: string,
  found: string,
  expected: string,
];

export const refuses = (cases: readonly Case[]): void =>
  it.each(cases)('refuses %s', (_what, change, path, found, expected) => {
    expect(problemsAfter(change)).toContainEqual({
      path,
      line: expect.any(Number),
      found: expect.stringContaining(found),
      expected: expect.stringContaining(expected),
    });
  });
