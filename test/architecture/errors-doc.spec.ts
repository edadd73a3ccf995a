import { describe, expect, it } from '@jest/globals';
import { contentOf, checkedInFiles } from './checkout.js';

const CODE = /\bSB_[A-Z_]+\b/g;
const codesIn = (text: string): string[] => text.match(CODE) ?? [];
const unique = (codes: readonly string[]): string[] => [...new Set(codes)].toSorted();

/** A stable code that nobody can look up is no help at 3 a.m.; one that nothing raises misleads. */
describe('docs/errors.md', () => {
  const shipped = checkedInFiles().filter((file) => /^(apps|libs)\/.*\.ts$/.test(file));
  const sources = shipped.filter((file) => !/\.spec\.ts$|fake-orchestrator|\/examples\//.test(file));

  it('explains every code that the source has, and no other', () => {
    expect(unique(codesIn(contentOf('docs/errors.md')))).toEqual(
      unique(sources.flatMap((file) => codesIn(contentOf(file)))),
    );
  });
});
