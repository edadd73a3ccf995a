import { describe, expect, it } from '@jest/globals';
import { isCopied } from './flow-topics.js';

describe(isCopied.name, () => {
  const of = (topics: readonly string[], names: readonly string[]) =>
    names.filter((name) => isCopied({ topics }, name));

  it('follows the names and prefixes of the flow', () => {
    expect(of(['orders', 'bills.*'], ['orders', 'orders.eu', 'bills.x'])).toEqual(['orders', 'bills.x']);
  });

  it('leaves out what MirrorMaker leaves out, and the topics of Signalbox', () => {
    const left = ['mm2-offset-syncs.b.internal', 'b.checkpoints.internal', 'app-internal', '__x', '.x', 'y.replica'];
    expect(of(['*'], [...left, 'signalbox.observations', 'signalboxes', 'internal'])).toEqual([
      'signalboxes',
      'internal',
    ]);
  });
});
