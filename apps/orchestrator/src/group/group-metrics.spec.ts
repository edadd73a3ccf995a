import { beforeEach, describe, expect, it } from '@jest/globals';
import { keyringOf } from '#libs/contracts';
import { epoch, instant } from '#libs/domain';
import { exposition, Metrics } from '#libs/runtime';
import { b, group, Stage } from '../../../../test/support/group-stage.js';
import { GroupMetrics } from './group-metrics.js';
import { GroupReader } from './group-reader.js';

describe(GroupMetrics.name, () => {
  let stage: Stage;
  let metrics: Metrics;
  beforeEach(async () => {
    stage = new Stage();
    metrics = new Metrics();
    await stage.allWell();
  });

  const look = async (leads = true) => {
    const reader = new GroupReader(stage.journal, stage.settings, keyringOf(stage.topology), stage.log);
    const view = await reader.read();
    new GroupMetrics(metrics, stage.settings, stage.clock).saw(view, leads);
  };
  /** Series with these words in them, and their values. */
  const found = (...words: string[]) =>
    exposition(metrics, {})
      .split('\n')
      .filter((line) => !line.startsWith('#') && words.every((word) => line.includes(word)))
      .map((line) => Number(line.split(' ').at(-1)));

  it('says which site is active, how far replication is behind, and what would be too much', async () => {
    stage.lagMs['a-to-b'] = 12_500;
    await stage.allWell();
    await look();
    expect(found('group_active', 'site="a"')).toEqual([1]);
    expect(found('group_active', 'site="b"')).toEqual([0]);
    expect(found('group_lag_time', 'a-to-b')).toEqual([12.5]);
    expect(found('group_rpo')).toEqual([stage.settings.policy.rpoMs / 1_000]);
    expect(found('lag_time', 'b-to-a')).toEqual([]);
  });

  it('says what a failover would lose now, the age of the sample in', async () => {
    stage.lagMs['a-to-b'] = 12_500;
    await stage.allWell();
    await look();
    expect(found('forecast_loss_time', 'a-to-b')).toEqual([12.6]);
    expect(found('forecast_loss_records', 'a-to-b')).toEqual([12_500]);
    expect(found('forecast_loss', 'b-to-a')).toEqual([]);
  });

  it('makes up no loss while nobody measures', async () => {
    stage = new Stage();
    await look();
    expect(found('forecast_loss')).toEqual([]);
  });

  it('says since when nobody decides: only who leads can say that somebody does', async () => {
    await look(false);
    expect(found('decided_time')).toEqual([]);
    await look();
    expect(found('decided_time')).toEqual([stage.clock.now() / 1_000]);
  });

  it.each([
    ['the guard reads it back', 'inbound', 'acl', 1],
    ['nobody has proved it', 'inbound', 'unproven', 0],
    ['clients may write there', 'clients', 'acl', 0],
  ] as const)('says whether the standing fence stands: %s', async (_, access, by, expected) => {
    await stage.guard(b, { enforced: { [group]: { access, by, epoch: epoch(0) } } });
    await look();
    expect(found('fence_standing', 'site="b"')).toEqual([expected]);
    expect(found('fence_standing', 'site="a"')).toEqual([]);
  });

  it('says that the fence of a silent guard is missing', async () => {
    await stage.guard(b, { enforced: { [group]: { access: 'inbound', by: 'acl', epoch: epoch(0) } } });
    await stage.silence(b);
    await look();
    expect(found('fence_standing', 'site="b"')).toEqual([0]);
    expect(found('guard_armed', 'site="b"')).toEqual([0]);
  });

  it('counts runs by how they ended, and how long they took', () => {
    const told = new GroupMetrics(metrics, stage.settings, stage.clock);
    const run = { plan: { kind: 'failover', group }, phase: 'completed', startedAt: instant(1_000) };
    told.closed(run as Parameters<GroupMetrics['closed']>[0], instant(8_000));
    expect(found('signalbox_runs_total', 'failover', 'completed')).toEqual([1]);
    expect(found('run_duration_seconds_sum')).toEqual([7]);
  });
});
