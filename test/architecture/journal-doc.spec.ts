import { describe, expect, it } from '@jest/globals';
import { keys, SCHEMA } from '#libs/journal';
import { contentOf } from './checkout.js';

const DOC = contentOf('docs/journal.md');

const SOME_RESOURCE = { kind: 'name', name: '<name>' };

/** With `<name>` for each parameter: the source knows what they are called. */
function patternOf(key: (...values: never[]) => string): string {
  const parameters = /^\(([^)]*)\)/.exec(String(key))?.[1] ?? '';
  const names = parameters.split(',').map((name) => name.trim());
  const values = names.map((name) => (name === 'resource' ? SOME_RESOURCE : `<${name}>`));
  return key(...(values as never[]))
    .replace('name/<name>', '<resource>')
    .replace(/0+(?=<)/g, '');
}

/** Other names of keys that stand here already. */
const NO_KEYS: readonly string[] = ['runOf', 'chainEntry'];

describe('docs/journal.md', () => {
  it('lists every key, and no other', () => {
    const patterns = Object.entries(keys)
      .filter(([name]) => !NO_KEYS.includes(name))
      .map(([, key]) => patternOf(key))
      .filter((pattern) => !pattern.endsWith('/'));
    const listed = [...DOC.matchAll(/^\| `(\/signalbox\/[^`]+)`/gm)].map(([, key = '']) => key);
    expect(listed.toSorted()).toEqual(patterns.toSorted());
  });

  it('explains every schema version', () => {
    const explained = [...DOC.matchAll(/^\| (\d+) /gm)].map(([, version]) => Number(version));
    expect(explained).toEqual(Array.from({ length: SCHEMA }, (_, index) => index + 1));
  });
});
