import { describe, expect, it } from '@jest/globals';
import { checkedInFiles, contentOf } from './checkout.js';

const files = checkedInFiles();
const models = files.filter((file) => /^models\/.*\.pml$/.test(file));
const sections = contentOf('models/README.md').split(/^## /m);

/** The part of the page about one model, which starts with its name. */
const sectionOf = (model: string): string =>
  sections.find((section) => section.startsWith(`${model.replace(/^models\/|\.pml$/g, '')}: `)) ?? '';

const anchorsIn = (model: string): string[] => {
  const comments = [...contentOf(model).matchAll(/\/\*[^]*?\*\//g)].map(([comment]) =>
    comment.replace(/`@[\w-]+`/g, ''),
  );
  return [...new Set(comments.flatMap((comment) => comment.match(/@[a-z-]+/g) ?? []))].toSorted();
};

const rowsOf = (section: string) =>
  [...section.matchAll(/^\| `(@[a-z-]+)` .*$/gm)].map(([row, anchor = '']) => ({
    anchor,
    functions: [...row.matchAll(/\[`(\w+)`\]\(\.\.\/([^)]+)\)/g)].map(([, name = '', file = '']) => ({ name, file })),
  }));

/** Declares it: a function, a method, or a constant that holds one. Calls of it do not begin a line with its name. */
const declares = (file: string, name: string): boolean => {
  const before =
    '^ *(?:export |default |private |protected |override |abstract |async |function |const |class |inline )*';
  return files.includes(file) && new RegExp(`${before}${name}(?:<[^>]*>)?(?: = |\\(| \\{)`, 'm').test(contentOf(file));
};

describe('models/README.md', () => {
  it.each(models)('has a row for each anchor of %s, and for no other', (model) => {
    const rows = rowsOf(sectionOf(model)).map(({ anchor }) => anchor);
    expect(rows.toSorted()).toEqual(anchorsIn(model));
  });

  it.each(models)('says of each anchor of %s which functions do that, and these exist', (model) => {
    const rows = rowsOf(sectionOf(model));
    expect(rows.filter(({ functions }) => functions.length === 0)).toEqual([]);
    const missing = rows.flatMap(({ functions }) => functions).filter(({ file, name }) => !declares(file, name));
    expect(missing).toEqual([]);
  });
});
