import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkedInFiles, contentOf, foldersOf, ROOT } from './checkout.js';

const MAX_LINES = 300;
const VAGUE_FOLDERS = ['utils', 'common', 'helpers', 'interfaces', 'dto'];
const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

const files = checkedInFiles();
const sources = files.filter((file) => /^(apps|libs|test|scripts)\/.*\.(ts|mjs)$/.test(file));
const texts = files.filter((file) => file !== 'package-lock.json').map((file) => ({ file, text: contentOf(file) }));

/** `file:line: text` of each line that matches, so that a failure is found at once. */
function linesMatching(pattern: RegExp, of: readonly string[]): string[] {
  return texts
    .filter(({ file }) => of.includes(file))
    .flatMap(({ file, text }) => text.split('\n').map((line, index) => ({ line, at: `${file}:${index + 1}` })))
    .filter(({ line }) => pattern.test(line))
    .map(({ line, at }) => `${at}: ${line.trim()}`);
}

describe('tidy', () => {
  it(`keeps every source file within ${MAX_LINES} lines`, () => {
    const tooLong = sources.filter((file) => contentOf(file).trimEnd().split('\n').length > MAX_LINES);
    expect(tooLong).toEqual([]);
  });

  it('re-exports by name, never everything', () => {
    expect(linesMatching(/^\s*export \*/, sources)).toEqual([]);
  });

  it('names folders after what is in them', () => {
    const folders = new Set(sources.flatMap(foldersOf));
    const vague = [...folders].filter((folder) => VAGUE_FOLDERS.includes(folder.split('/').at(-1) ?? ''));
    expect(vague).toEqual([]);
  });

  it('names source files and folders in kebab case', () => {
    const others = sources.filter((file) => !file.split('/').every((name) => KEBAB.test(name)));
    expect(others).toEqual([]);
  });

  it('gives every folder of the first two levels a line in docs/architecture.md', () => {
    const architecture = contentOf('docs/architecture.md');
    const folders = new Set(files.flatMap((file) => foldersOf(file).slice(0, 2)));
    const missing = [...folders].filter((folder) => !architecture.includes(`\`${folder}\``));
    expect(missing).toEqual([]);
  });

  it('holds no path of one machine and no address of one registry', () => {
    const machine = /(?<![\w.}~])\/(root|home|Users|work)\/[a-z]/;
    const registry = /https?:\/\/((registry|repo\d?|proxy|mirror|deb|archive)\.|\S+\.(tgz|jar|deb|zip|tar\.\w+)\b)/;
    expect(linesMatching(machine, files)).toEqual([]);
    expect(linesMatching(registry, files)).toEqual([]);
    expect(contentOf('package-lock.json')).not.toContain('"resolved"');
  });

  it('links only to files that exist', () => {
    const broken = texts
      .filter(({ file }) => file.endsWith('.md'))
      .flatMap(({ file, text }) =>
        [...text.matchAll(/\]\((?!\w+:|#)([^)\s#]+)/g)]
          .map(([, target = '']) => target)
          .filter((target) => !existsSync(join(ROOT, dirname(file), target)))
          .map((target) => `${file}: ${target}`),
      );
    expect(broken).toEqual([]);
  });

  it('runs every test: none is focused, none is switched off without a condition', () => {
    const specs = sources.filter((file) => /\.(spec|conformance)\.ts$/.test(file));
    // `(mayCut ? it : it.skip)('…')` stays possible: a machine may lack a right, and CI counts that as skipped.
    expect(linesMatching(/\b(it|test|describe)\.(only|todo|skip(\.each)?\()/, specs)).toEqual([]);
    expect(linesMatching(/^\s*(fit|fdescribe|xit|xtest|xdescribe)\(/, specs)).toEqual([]);
  });
});
