import { describe, expect, it } from '@jest/globals';
import { siteId } from '#libs/domain';
import { SETTINGS } from '../../../test/support/decision-facts.js';
import { failoverPlan, plannedMove } from './plan.js';

const [a, b] = [siteId('a'), siteId('b')];
const addresses = { a: ['10.0.0.1'], b: ['10.0.0.2'] };
const targets = {
  a: { addresses: addresses.a, ttlSeconds: 300 },
  b: { addresses: addresses.b, ttlSeconds: 300 },
};
const facts = (plannedTtlSeconds?: number) => ({
  shape: {
    ...SETTINGS.shape,
    names: [{ name: 'kafka.example', ttlSeconds: 300, targets, ...(plannedTtlSeconds && { plannedTtlSeconds }) }],
  },
  policy: SETTINGS.policy,
  from: a,
  to: b,
});
const ofName = (plan: ReturnType<typeof plannedMove>) =>
  plan.steps.filter(({ resource: { kind } }) => kind === 'name' || kind === 'resolution');

describe('the TTL of a name in a planned move', () => {
  const plan = plannedMove('switchover', facts(5));

  it('is lowered, waited out, kept low while traffic moves, and restored', () => {
    expect(ofName(plan).map(({ name, action, desired }) => [name, action, desired])).toEqual([
      ['seal-name-kafka.example', 'seal', undefined],
      ['lower-ttl-kafka.example', 'apply', { addresses: addresses.a, ttlSeconds: 5 }],
      ['await-ttl-kafka.example', 'inspect', { addresses: addresses.a, ttlSeconds: 5 }],
      ['redirect-kafka.example', 'apply', { addresses: addresses.b, ttlSeconds: 5 }],
      ['restore-ttl-kafka.example', 'apply', { addresses: addresses.b, ttlSeconds: 300 }],
    ]);
  });

  it('is waited out before writes stop, for as long as it takes', () => {
    const [await_, fence] = ['await-ttl-kafka.example', 'fence-a'].map((name) =>
      plan.steps.find((step) => step.name === name)!,
    );
    expect(await_!.stage).toBeLessThan(fence!.stage);
    expect(await_!.deadlineMs).toBeGreaterThan(300_000);
  });

  it('gets back its length when the move is taken back', () => {
    const lower = plan.steps.find(({ name }) => name === 'lower-ttl-kafka.example');
    expect(lower?.undo).toEqual({ addresses: addresses.a, ttlSeconds: 300 });
  });

  it('is restored last, and holds nothing up if it cannot be', () => {
    const restore = plan.steps.at(-1);
    expect(restore).toMatchObject({ name: 'restore-ttl-kafka.example', mayFail: true });
  });

  it('is left alone where nobody asked for it, and where nobody knew before', () => {
    for (const other of [plannedMove('switchover', facts()), failoverPlan({ ...facts(5), fromIsLost: true })]) {
      expect(ofName(other).map(({ name }) => name)).toEqual(['seal-name-kafka.example', 'redirect-kafka.example']);
      expect(ofName(other).at(-1)?.desired).toEqual({ addresses: addresses.b, ttlSeconds: 300 });
    }
  });
});
