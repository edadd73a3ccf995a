import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PreflightCheck } from '#libs/contracts';
import { instant, NEVER_STAMPED } from '#libs/domain';
import { a, b, Stage, w } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { QUARANTINED } from '../../../../test/support/quarantined.js';

const OWNER = { name: 'external-dns/cluster-1', at: 'a-kafka.example', isAdopted: false };
const DRIFT = { expected: '10.0.0.1', found: '192.0.2.66', since: instant(0), hints: ['the zone has serial 9'] };

describe('GET /v1/groups/:group/preflight', () => {
  let stage: Stage;
  let desk: OperatorDesk;
  beforeEach(async () => {
    stage = new Stage();
    await stage.allWell();
    await stage.orchestrator('b').settle();
    desk = await OperatorDesk.open(stage);
  });
  afterEach(() => desk.close());
  const failing = async (): Promise<readonly PreflightCheck[]> => {
    const { body } = await desk.get('viewer', 'preflight');
    const bad = body.checks.filter(({ ok }: PreflightCheck) => !ok);
    expect(body.ok).toBe(bad.length === 0);
    return bad;
  };
  const names = async () => (await failing()).map(({ name }) => name);

  it('is passed when all is well, and lists what it looked at', async () => {
    const { body } = await desk.get('viewer', 'preflight');
    expect(body.checks.map(({ name }: PreflightCheck) => name)).toEqual([
      'hold',
      'leader',
      'phase',
      'votes-kafka-a',
      'votes-kafka-b',
      'verdict-kafka-a',
      'verdict-kafka-b',
      'guard-a',
      'guard-b',
      'lag-a-to-b',
      'name-kafka.example',
      'owner-kafka.example',
      'resolvers-kafka.example',
      'ttl-kafka.example',
      'quarantine',
      'journal',
      'parts',
      'freeze',
      'overrides',
      'plan-failover',
      'plan-switchover',
    ]);
    expect(await failing()).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, readonly string[]]>([
    ['a guard that is not armed', () => stage.guard(b, { armed: false, armedBy: 'no proof yet' }), ['guard-b']],
    [
      'a site that sees a cluster down',
      () => stage.vote(w, 'kafka-b', 'down', 1_000),
      ['verdict-kafka-b', 'plan-failover', 'plan-switchover'],
    ],
    [
      'lag above the RPO',
      () => {
        stage.lagMs['a-to-b'] = 60_000;
        return stage.allWell();
      },
      ['lag-a-to-b', 'plan-failover', 'plan-switchover'],
    ],
    [
      'a freeze',
      () => desk.post('operator', 'freeze', { reason: 'network', forMs: 60_000 }),
      ['freeze', 'plan-failover', 'plan-switchover'],
    ],
    [
      'a name that somebody else owns',
      () => stage.seesName('kafka.example', { owners: [OWNER] }),
      ['owner-kafka.example'],
    ],
    [
      'a name that somebody else owns, and that was never switched',
      () => stage.seesName('kafka.example', { owners: [OWNER], epoch: NEVER_STAMPED }),
      ['owner-kafka.example', 'plan-failover', 'plan-switchover'],
    ],
    [
      'a name that resolvers do not find, though nothing was changed',
      () => stage.seesName('kafka.example', { resolvers: [{ address: '192.0.2.53:53', gives: 'old' }] }),
      ['resolvers-kafka.example'],
    ],
    [
      'a name that is on its way to a resolver: that is no problem yet',
      () =>
        stage.seesName('kafka.example', {
          state: 'propagating',
          until: instant(1_000),
          waitsFor: ['old answers may still be cached'],
          resolvers: [{ address: '192.0.2.53:53', gives: 'old', remainingTtlSeconds: 1 }],
        }),
      [],
    ],
    [
      'a name that resolvers keep for longer than the RTO goal',
      () => stage.seesName('kafka.example', { ttlSeconds: 86_400 }),
      ['ttl-kafka.example'],
    ],
    [
      'a name that was changed behind our back',
      () => stage.seesName('kafka.example', { drift: DRIFT }),
      ['name-kafka.example'],
    ],
    [
      'an override',
      () => desk.post('operator', 'override', { veto: 'cool-down', reason: 'drill', forMs: 60_000 }),
      ['overrides'],
    ],
  ])('is not passed with %s', async (_what, happens, expected) => {
    await happens();
    expect(await names()).toEqual(expected);
    for (const { remedy } of await failing()) expect(remedy).not.toBe('');
  });

  it('is not passed while a site is silent, and says what is gone with it', async () => {
    await stage.silence(a);
    expect(await names()).toEqual(['votes-kafka-a', 'votes-kafka-b', 'verdict-kafka-a', 'guard-a', 'plan-switchover']);
  });

  it('is passed when the owner of a name was adopted, and names the one to adopt', async () => {
    await stage.seesName('kafka.example', { owners: [OWNER] });
    expect((await failing())[0]?.remedy).toContain('adopt: [external-dns/cluster-1]');
    await stage.seesName('kafka.example', { owners: [{ ...OWNER, isAdopted: true }] });
    expect(await failing()).toEqual([]);
  });

  it('names the command that protects a quarantined site again', async () => {
    await stage.stands({ active: b, returning: { a: QUARANTINED } });
    expect((await failing()).find(({ name }) => name === 'quarantine-a')?.remedy).toContain(
      'signalbox reprotect orders --site a',
    );
  });
});
