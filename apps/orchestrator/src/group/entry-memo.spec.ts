import { describe, expect, it } from '@jest/globals';
import type { Entry, Revision } from '#libs/journal';
import { EntryMemo } from './entry-memo.js';

describe(EntryMemo.name, () => {
  const entry = (value: string, revision = 1): Entry => ({ key: 'k', value, revision: revision as Revision });
  const made: string[] = [];
  const make = ({ value }: Entry) => {
    made.push(value);
    return { value };
  };
  const reads = (...entries: Entry[]): string[] => {
    made.length = 0;
    const memo = new EntryMemo();
    for (const each of entries) {
      memo.begin();
      expect(memo.of(each, make)).toEqual({ value: each.value });
    }
    return [...made];
  };

  it('makes something of an entry once, however often it is read', () => {
    expect(reads(entry('x'), entry('x'), entry('x'))).toEqual(['x']);
  });

  it('makes it anew when the text changed, whatever the revision says', () => {
    expect(reads(entry('x'), entry('y', 2), entry('x', 3))).toEqual(['x', 'y', 'x']);
    expect(reads(entry('x', 7), entry('y', 7))).toEqual(['x', 'y']);
  });

  it('remembers nothing that the last read did not ask for', () => {
    made.length = 0;
    const memo = new EntryMemo();
    memo.of(entry('x'), make);
    memo.begin();
    memo.begin();
    memo.of(entry('x'), make);
    expect(made).toEqual(['x', 'x']);
  });

  it('remembers nothing of an entry that could not be read', () => {
    const memo = new EntryMemo();
    const fails = () => {
      throw new Error('malformed');
    };
    expect(() => memo.of(entry('x'), fails)).toThrow('malformed');
    expect(memo.of(entry('x'), make)).toEqual({ value: 'x' });
  });
});
