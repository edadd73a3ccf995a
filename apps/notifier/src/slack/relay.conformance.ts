import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SlackPerson } from '#libs/contracts';
import type { Relay, RelayedAnswer } from './relay.js';

/** Rules with one open approval that one yes grants. */
export interface RelayWorld {
  readonly relay: Relay;
  readonly approval: string;
  readonly planHash: string;
  readonly group: string;
  /** Two who may answer and freeze, and whom nobody knows. */
  readonly alice: SlackPerson;
  readonly bob: SlackPerson;
  readonly stranger: SlackPerson;
  close(): Promise<void>;
}

export function relayConformance(name: string, open: () => Promise<RelayWorld>): void {
  describe(`${name}: a relay`, () => {
    let world: RelayWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world?.close());

    const say = (person: SlackPerson, change: Partial<RelayedAnswer> = {}) => {
      const { approval, planHash, relay } = world;
      const idempotencyKey = `slack-${person.user}-${change.decision ?? 'grant'}`;
      const reason = 'site a is silent';
      return relay.answer({
        approval,
        planHash,
        person,
        decision: 'grant',
        reason,
        details: {},
        idempotencyKey,
        ...change,
      });
    };
    const freeze = (person: SlackPerson) => {
      const { group, relay } = world;
      const idempotencyKey = `slack-${person.user}-freeze`;
      return relay.freeze({ group, person, forMs: 60_000, reason: 'new racks', details: {}, idempotencyKey });
    };

    it('hands in an answer, which counts', async () => {
      expect(await say(world.alice)).toEqual({ kind: 'counted', phase: 'granted' });
    });

    it('says what was first, and whose it was', async () => {
      await say(world.alice, { decision: 'deny' });
      expect(await say(world.bob)).toEqual({ kind: 'already-decided', phase: 'denied', by: expect.any(String) });
    });

    it('says what is refused: strangers, and another plan', async () => {
      expect(await say(world.stranger)).toMatchObject({ kind: 'refused', message: expect.any(String) });
      expect(await say(world.alice, { planHash: 'another' })).toMatchObject({
        kind: 'refused',
        code: 'SB_PLAN_CHANGED',
      });
      expect(await say(world.bob)).toMatchObject({ kind: 'counted' });
    });

    it('hands in a freeze, and says until when, or what is refused', async () => {
      expect(await freeze(world.bob)).toEqual({ kind: 'frozen', by: expect.any(String), until: expect.any(Number) });
      expect(await freeze(world.stranger)).toMatchObject({ kind: 'refused', code: 'SB_FORBIDDEN' });
    });
  });
}
