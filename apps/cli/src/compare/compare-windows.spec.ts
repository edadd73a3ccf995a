import { describe, expect, it } from '@jest/globals';
import { compareWindows } from './compare-windows.js';
import type { WindowRecord } from './record-window.js';

/** One record for each letter; a capital one is a copy that a salvage made. */
const window = (letters: string, from = 0): readonly WindowRecord[] =>
  letters.split('').map((letter, index) => ({
    offset: from + index,
    fingerprint: letter.toLowerCase(),
    timestamp: 0,
    key: letter,
    valueBytes: 1,
    headers: 0,
    isSalvaged: letter !== letter.toLowerCase(),
  }));
const compared = (source: string, target: string) => {
  const { equal, notCopied, salvaged, difference } = compareWindows(window(source, 100), window(target));
  const name = (one: WindowRecord | null | undefined) => one && `${one.key}@${one.offset}`;
  return [equal, notCopied, salvaged, difference && [name(difference.source), name(difference.target)]];
};

describe(compareWindows.name, () => {
  it.each([
    ['the same', 'abcd', 'abcd', [4, 0, 0, undefined]],
    ['a copy that is behind', 'abcd', 'ab', [2, 2, 0, undefined]],
    ['a window that begins later', 'abcd', 'cd', [2, 0, 0, undefined]],
    ['a window that begins sooner', 'cd', 'abcd', [2, 0, 0, undefined]],
    ['another record in the middle', 'abcd', 'abxd', [2, 0, 0, ['c@102', 'x@2']]],
    ['a record that is missing in the copy', 'abcd', 'abd', [2, 0, 0, ['c@102', 'd@2']]],
    ['a record that was copied twice', 'abcd', 'abbcd', [2, 0, 0, ['c@102', 'b@2']]],
    ['another order', 'abcd', 'abdc', [2, 0, 0, ['c@102', 'd@2']]],
    ['records that only the copy has', 'ab', 'abc', [2, 0, 0, [null, 'c@2']]],
    ['nothing in common', 'abcd', 'wxyz', [0, 0, 0, ['a@100', 'w@0']]],
    ['an empty copy', 'abcd', '', [0, 4, 0, undefined]],
    ['copies that a salvage made', 'abcd', 'abCd', [2, 0, 1, ['c@102', 'd@3']]],
    ['a tail that was replayed', 'abcd', 'abCD', [2, 2, 2, undefined]],
  ])('tells %s', (_, source, target, expected) => {
    expect(compared(source, target)).toEqual(expected);
  });

  it('gives equal sequences equal hashes, and others others', () => {
    const hash = (letters: string) => compareWindows(window(letters), window(letters)).hash;
    expect(hash('abc')).toBe(hash('abc'));
    expect(hash('abc')).not.toBe(hash('acb'));
  });
});
