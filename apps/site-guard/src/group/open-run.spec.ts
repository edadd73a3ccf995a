import { beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, runId, siteId, type StepRecord, type StepStatus, type WriteAccess } from '#libs/domain';
import { keys } from '#libs/journal';
import { exampleTopology, GROUP, GuardedSite } from '../../../../test/support/guarded-site.js';

const topology = await exampleTopology();
const { selfFenceMs, guardRenewMs, fenceMarginMs } = topology.policy;
const never = new AbortController().signal;

describe('a site-guard at the target of an open run', () => {
  const run = runId('r1');
  let b: GuardedSite;

  const step = (name: string, stage: number, desired: WriteAccess, status: StepStatus): StepRecord => ({
    name,
    stage,
    action: 'apply',
    resource: { kind: 'write-access', group: GROUP, site: 'b' },
    desired,
    runsAt: siteId('b'),
    worker: 'site-guard',
    deadlineMs: 5_000,
    run,
    epoch: epoch(6),
    status,
    attempt: 1,
  });
  const record = (record: StepRecord) =>
    b.journal.commit({
      conditions: [],
      changes: [{ kind: 'put', key: keys.step(run, record.name), value: JSON.stringify(record) }],
    });
  async function perform(access: WriteAccess): Promise<void> {
    const resource = b.guard.resource({ kind: 'write-access', group: GROUP, site: 'b' })!;
    expect(await resource.write(await resource.read(never), access, epoch(6), never)).toBe('written');
  }

  beforeEach(async () => {
    b = new GuardedSite(topology, 'b');
    b.guard.start();
    await b.clock.advance(1_000);
    await b.order({ phase: 'running', kind: 'failover', run, from: siteId('a'), target: siteId('b') }, 6);
    await record(step('promote-b', 4, 'clients', 'planned'));
    await b.clock.advance(guardRenewMs);
  });

  it('leaves the standing fence to the steps', async () => {
    expect(await b.held()).toEqual({ value: 'inbound', epoch: 0 });
  });

  it('does not undo a step by what it read before, under the same epoch', async () => {
    await perform('none');
    await record(step('deny-inbound-b', 2, 'none', 'done'));
    await b.clock.advance(2 * guardRenewMs);
    await perform('clients');
    await b.clock.advance(guardRenewMs / 2);
    expect(await b.held()).toEqual({ value: 'clients', epoch: 6 });
    await record(step('promote-b', 4, 'clients', 'taken'));
    await b.clock.advance(2 * guardRenewMs);
    expect(await b.held()).toEqual({ value: 'clients', epoch: 6 });
  });

  it('gives back what the run had set after it had to fence by itself', async () => {
    await perform('clients');
    await record(step('promote-b', 4, 'clients', 'done'));
    b.connection.connection = 'cut';
    await b.clock.advance(selfFenceMs + fenceMarginMs);
    expect(await b.held()).toEqual({ value: 'none', epoch: 6 });
    b.connection.connection = 'good';
    await b.clock.advance(guardRenewMs + 1_000);
    expect(await b.held()).toEqual({ value: 'clients', epoch: 6 });
  });

  it('puts behind a listener that a step closed what the step stood for, before it opens', async () => {
    b.kafka.condition = 'frozen';
    const done = perform('none');
    await b.clock.advance(2_500);
    await done;
    expect(b.listener.isOpen).toBe(false);
    b.kafka.condition = 'serving';
    await b.clock.advanceUntil(() => b.listener.isOpen, 2_000, 10);
    expect(await b.held()).toEqual({ value: 'none', epoch: 6 });
    expect([await b.canWrite(), await b.canWrite(b.mirror)]).toEqual([false, false]);
  });
});
