import { describe, expect, it } from '@jest/globals';
import { flowId } from '#libs/domain';
import { FlowHistory, type Offsets } from './flow-history.js';

const offsets = (...ends: number[]): Offsets =>
  new Map(ends.map((end, partition) => [`orders/${partition}`, BigInt(end)]));
const flow = flowId('a-to-b');

describe('the history of a flow', () => {
  it('knows nothing until it has seen both sides', () => {
    const history = new FlowHistory(flow);
    expect(history.lag(0)).toBeUndefined();
    history.sawEnds(0, offsets(5));
    expect(history.lag(0)).toBeUndefined();
    history.sawPositions(0, offsets(5));
    expect(history.lag(0)).toEqual({ flow, lagRecords: 0, lagMs: 0, sampleAgeMs: 0 });
  });

  it('takes the age of the oldest end that has not been replicated', () => {
    const history = new FlowHistory(flow);
    history.sawPositions(0, offsets(10, 10));
    history.sawEnds(0, offsets(10, 10));
    history.sawEnds(1_000, offsets(12, 10));
    history.sawEnds(2_000, offsets(15, 11));
    expect(history.lag(2_500)).toEqual({ flow, lagRecords: 6, lagMs: 1_000, sampleAgeMs: 2_500 });

    history.sawPositions(2_500, offsets(12, 10));
    expect(history.lag(2_500)).toEqual({ flow, lagRecords: 4, lagMs: 0, sampleAgeMs: 500 });
    history.sawEnds(3_000, offsets(15, 11));
    history.sawPositions(3_000, offsets(13, 11));
    expect(history.lag(3_000)).toEqual({ flow, lagRecords: 2, lagMs: 1_000, sampleAgeMs: 0 });
  });

  it('has no lag on an idle topic, however old its last record', () => {
    const history = new FlowHistory(flow);
    history.sawPositions(0, offsets(10));
    for (let at = 0; at <= 60_000; at += 1_000) {
      history.sawEnds(at, offsets(10));
      history.sawPositions(at, offsets(10));
    }
    expect(history.lag(60_000)).toMatchObject({ lagRecords: 0, lagMs: 0, sampleAgeMs: 0 });
  });

  it('counts a partition that was never replicated from its beginning', () => {
    const history = new FlowHistory(flow);
    history.sawPositions(0, new Map());
    history.sawEnds(0, offsets(3, 0));
    history.sawEnds(1_000, offsets(3, 0));
    expect(history.lag(1_000)).toMatchObject({ lagRecords: 3, lagMs: 1_000 });
  });

  it('lets what still arrives count after the source is gone', () => {
    const history = new FlowHistory(flow);
    history.sawPositions(0, offsets(10));
    history.sawEnds(0, offsets(10));
    history.sawEnds(1_000, offsets(20));
    history.sawPositions(5_000, offsets(18));
    expect(history.lag(1_200)).toEqual({ flow, lagRecords: 2, lagMs: 0, sampleAgeMs: 200 });
  });

  it('stays small and keeps the oldest end while nothing is replicated', () => {
    const history = new FlowHistory(flow);
    history.sawPositions(0, offsets(0));
    for (let second = 1; second <= 10_000; second++) history.sawEnds(second * 1_000, offsets(second));
    expect(history.lag(10_000_000)).toMatchObject({ lagRecords: 10_000, lagMs: 9_999_000 });
  });
});
