import { describe, expect, it } from '@jest/globals';
import { ProbeBook } from './probe-book.js';

const written = (sequences: readonly number[]) => {
  const book = new ProbeBook();
  for (const sequence of sequences) book.acknowledged(sequence, sequence * 1_000);
  return book;
};

describe(ProbeBook.name, () => {
  it('counts from the acknowledgement of the oldest that is missing', () => {
    const book = written([1, 2, 3]);
    book.arrived(1, 3_500);
    book.lookedAt(9_000);
    expect(book.missingMs(9_000)).toBe(7_000);
    expect(book.missingMs(6_000)).toBe(4_000);
    book.arrived(3, 9_500);
    expect(book.missingMs(9_500)).toBe(0);
    expect(book.sinceArrivalMs(10_000)).toBe(500);
  });

  it('knows of nothing missing before the target was looked at, and nothing newer than the latest look', () => {
    const book = written([1]);
    expect(book.missingMs(60_000)).toBe(0);
    book.lookedAt(3_000);
    expect(book.missingMs(60_000)).toBe(2_000);
  });

  it('misses nothing that was never acknowledged', () => {
    const book = new ProbeBook();
    book.lookedAt(60_000);
    expect(book.missingMs(60_000)).toBe(0);
  });

  it('takes a copy that was seen before its acknowledgement for arrived', () => {
    const book = written([]);
    book.arrived(1, 900);
    book.acknowledged(1, 1_000);
    book.lookedAt(60_000);
    expect(book.missingMs(60_000)).toBe(0);
  });

  it('tells what was lost between two arrivals, and what came twice', () => {
    const book = written([1, 2, 3, 5]);
    expect(book.arrived(2, 0)).toEqual({ lost: 0, isRepeated: false });
    expect(book.arrived(5, 0)).toEqual({ lost: 1, isRepeated: false });
    expect(book.arrived(5, 0)).toEqual({ lost: 0, isRepeated: true });
    // 6 was refused by the source: it is no gap.
    book.acknowledged(7, 7_000);
    expect(book.arrived(7, 0)).toEqual({ lost: 0, isRepeated: false });
  });

  it('counts nothing as lost or repeated before it has seen an arrival in the log that is there', () => {
    const book = written([1, 2, 3]);
    book.arrived(1, 0);
    book.startAnew();
    expect(book.arrived(1, 0)).toEqual({ lost: 0, isRepeated: false });
    book.startAnew();
    expect(book.arrived(3, 0)).toEqual({ lost: 0, isRepeated: false });
  });

  it('keeps so many apart, and is never too young about the others', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => index + 1);
    const book = written(many);
    book.lookedAt(10_000_000);
    for (const sequence of many.slice(0, 9_000)) book.arrived(sequence, 10_000_000);
    expect(book.missingMs(10_000_000)).toBeGreaterThanOrEqual(10_000_000 - 9_001_000);
    book.arrived(10_000, 10_000_000);
    expect(book.missingMs(10_000_000)).toBe(0);
  });
});
