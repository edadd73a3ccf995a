import { describe, expect, it } from '@jest/globals';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { Admission } from './admission.js';

const arranged = () => {
  const clock = new VirtualClock();
  const log = new InMemoryLog();
  const readiness = new ProcessReadiness(log, clock);
  const admission = new Admission('observations', { clock, log, readiness });
  const from = (sequence: number, change: object = {}) => {
    const identity = { source: 'b/monitor', origin: 'b', incarnation: '1', sequence, atMs: clock.now(), ...change };
    return admission.admits(identity, `event ${sequence}`);
  };
  return { clock, log, admission, from, counts: () => readiness.report().figures?.['events of observations dropped'] };
};

describe('admission', () => {
  it('takes an event once, and counts its copies without a word', () => {
    const { from, log, counts } = arranged();
    expect([1, 2, 2, 1, 3].map((sequence) => from(sequence))).toEqual([true, true, false, false, true]);
    expect(counts()).toEqual({ copy: 2 });
    expect(log.lines).toEqual([]);
  });

  it('takes nothing from the future, and nothing of no time', () => {
    const { from, clock, counts } = arranged();
    expect(from(1, { atMs: clock.now() + 59_000 })).toBe(true);
    expect(from(2, { atMs: clock.now() + 61_000 })).toBe(false);
    expect(from(3, { atMs: NaN })).toBe(false);
    expect(from(2)).toBe(true);
    expect(counts()).toEqual({ 'from-the-future': 2 });
  });

  it('stops a flood from one vantage, however many processes it claims, and hears the others', async () => {
    const { from, clock, counts } = arranged();
    const taken = Array.from({ length: 800 }, (_, n) => from(n, { source: `b/monitor-${n % 7}` })).filter(Boolean);
    expect(taken).toHaveLength(500);
    expect(from(1, { source: 'w/monitor', origin: 'w' })).toBe(true);
    expect(counts()).toEqual({ flood: 300 });
    await clock.advance(10_000);
    expect(from(900)).toBe(true);
  });

  it('tells of each reason at most once a minute, with the number it left out', async () => {
    const { admission, clock, log } = arranged();
    for (let n = 0; n < 50; n++) admission.reject('malformed', `event ${n}`);
    admission.reject('flood', 'b');
    await clock.advance(60_000);
    admission.reject('malformed', 'event 50');
    expect(log.lines.map(({ message }) => message)).toEqual([
      'Dropped an event (malformed). event 0',
      'Dropped an event (flood). b',
      'Dropped an event (malformed). event 50',
    ]);
    expect(log.lines.at(-1)).toMatchObject({ fields: { leftOut: 49 } });
  });
});
