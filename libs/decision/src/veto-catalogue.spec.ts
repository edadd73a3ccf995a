import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { VETO_KINDS, vetoKind } from './veto-catalogue.js';

/** The names as the source gives them, with what lifts them; a site in a name is a `*`. */
const inSource = ['vetoes', 'request', 'recovery', 'storm'].flatMap((file) => {
  const text = readFileSync(`libs/decision/src/${file}.ts`, 'utf8');
  const calls = text.matchAll(/\b(?<kind>hard|soft)\(\s*['`](?<name>[^'`]+)['`]/g);
  return [...calls].map(({ groups }) => ({
    name: (groups?.['name'] ?? '').replace(/\$\{\w+\}$/, '*'),
    overridable: groups?.['kind'] === 'soft',
  }));
});
const sorted = (kinds: readonly { name: string; overridable: boolean }[]): string[] =>
  [...new Set(kinds.map(({ name, overridable }) => `${name} ${overridable}`))].toSorted();

describe('VETO_KINDS', () => {
  it('names every veto of the source, and no other', () => {
    expect(sorted(VETO_KINDS)).toEqual(sorted(inSource));
  });

  it.each([
    ['cool-down', true],
    ['frozen', false],
    ['no-guard-b', false],
    ['no-such-veto', undefined],
  ])('knows whether %s can be lifted', (name, overridable) => {
    expect(vetoKind(name)?.overridable).toBe(overridable);
  });
});
