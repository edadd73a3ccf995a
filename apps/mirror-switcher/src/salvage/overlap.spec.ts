import { describe, expect, it } from '@jest/globals';
import { Overlap } from './overlap.js';

/** The copy ends with `last`; the source holds `records`, the first of them at offset 100. */
const copiedUpTo = (last: string, records: string): number | undefined => {
  const overlap = new Overlap(last.split(''));
  records.split('').forEach((record, index) => overlap.see(record, 100 + index));
  return overlap.copiedUpTo;
};

describe(Overlap.name, () => {
  it.each([
    ['the last record of the copy in the tail', 'abcd', 'abcdef', 104],
    ['nothing of a copy that has none of it', 'wxyz', 'abcdef', undefined],
    ['nothing where nothing was ever copied', '', 'abcdef', undefined],
    ['no record that only looks like the last one', 'abcx', 'abxcx', undefined],
    ['the first of equal sequences: rather twice than not at all', 'xx', 'axxxxb', 103],
    ['what is left of a source that begins later than the copy', 'abcd', 'cdef', 102],
    ['the end of a source that was copied whole', 'def', 'abcdef', 106],
  ])('finds %s', (_, last, records, expected) => {
    expect(copiedUpTo(last, records)).toBe(expected);
  });
});
