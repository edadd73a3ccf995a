import { describe, expect, it } from '@jest/globals';
import { flowId, siteId } from '#libs/domain';
import { mirrorChecks, type ReadiedFlow } from './preflight-mirrors.js';

const [a, b] = [siteId('a'), siteId('b')];

describe('what mirrors cannot do', () => {
  const flows = (change: Partial<ReadiedFlow>): readonly ReadiedFlow[] => {
    const both = { policy: 'identity', driver: { kind: 'connect' }, ...change } as const;
    return [
      { id: flowId('a-to-b'), from: a, to: b, ...both },
      { id: flowId('b-to-a'), from: b, to: a, ...both },
    ];
  };
  const told = (change: Partial<ReadiedFlow>, active = a) =>
    mirrorChecks(flows(change), active).map(({ name, ok }) => `${ok ? 'told' : 'failed'} ${name}`);

  it('is nothing where they run on Connect and keep names', () => {
    expect(told({})).toEqual([]);
    expect(told({ driver: { kind: 'strimzi' } })).toEqual([]);
  });

  it('is told of renamed copies, which is no fault', () => {
    expect(told({ policy: 'default' })).toEqual(['told names-a-to-b']);
    expect(told({ policy: 'default' }, b)).toEqual(['told names-b-to-a']);
  });

  it('is a fault where they run on their own: unmeasured on the way out, and unset on the way back', () => {
    expect(told({ driver: { kind: 'dedicated' } })).toEqual(['failed lag-unseen-a-to-b', 'failed way-back-b-to-a']);
    const renamed = { driver: { kind: 'dedicated' }, policy: 'default' } as const;
    expect(told(renamed)).toEqual(['told names-a-to-b', 'failed lag-unseen-a-to-b']);
    const [, wayBack] = mirrorChecks(flows({ driver: { kind: 'dedicated' } }), a);
    expect(wayBack).toMatchObject({
      message: expect.stringContaining('once b serves, what it had from a would be copied back'),
      remedy: expect.stringContaining('rebuild a by hand'),
    });
  });
});
