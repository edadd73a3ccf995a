import { describe, expect, it } from '@jest/globals';
import { epoch, instant, processId, type ReassertedRecord } from '#libs/domain';
import { ownerChecks } from './preflight-owners.js';

const NOW = instant(10_000_000);
const record = (change: Partial<ReassertedRecord> = {}): ReassertedRecord => ({
  resource: { kind: 'write-access', group: 'orders', site: 'b' },
  times: 5,
  audited: 5,
  at: instant(NOW - 40_000),
  by: processId('site-guard@b'),
  epoch: epoch(7),
  ordered: '"inbound"',
  found: '"unset"',
  ...change,
});

describe('another owner of what a run has set', () => {
  it('is told by what keeps happening, with what to do about it', () => {
    const [check] = ownerChecks([record()], NOW);
    expect(check).toMatchObject({ name: 'owner-write-access/orders/b', ok: false });
    expect(check?.message).toMatch(/set again 5 times, last 40 s ago from "unset" to "inbound"/);
    expect(check?.remedy).toMatch(/STRIMZI_IGNORED_USERS_PATTERN/);
  });

  it('is none where it happened once, or has not for a while', () => {
    expect(ownerChecks([record({ times: 1 }), record({ at: instant(NOW - 3_600_000) })], NOW)).toEqual([]);
  });

  it('is none where what was found was only told of: nothing was set again', () => {
    expect(ownerChecks([record({ resource: { kind: 'mirror', flow: 'b-to-a' }, isLeft: true })], NOW)).toEqual([]);
  });

  it('has a remedy for each kind', () => {
    for (const resource of [
      { kind: 'mirror', flow: 'a-to-b' },
      { kind: 'name', name: 'kafka.example' },
      { kind: 'config', config: 'clients', site: 'b' },
    ] as const)
      expect(ownerChecks([record({ resource })], NOW)[0]?.remedy).toMatch(/Find out who/);
  });
});
