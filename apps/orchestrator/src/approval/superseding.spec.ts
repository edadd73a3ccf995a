import { describe, expect, it } from '@jest/globals';
import { ApprovalWire, decodeOrThrow } from '#libs/contracts';
import type { Approval } from '#libs/domain';
import { keys } from '#libs/journal';
import { a, b, Stage, stageTopology, w } from '../../../../test/support/group-stage.js';
import type { GroupLoop } from '../group/group-loop.js';

let stage: Stage;
let loop: GroupLoop;
const rules = async () => (await stage.audit()).map(({ rule }) => rule);
async function approvals(): Promise<readonly Approval[]> {
  const { entries } = await stage.journal.read(keys.approvals());
  const all = entries.map(({ key, value }) => decodeOrThrow(ApprovalWire, value, key));
  return all.toSorted((one, other) => one.requestedAt - other.requestedAt || one.id.localeCompare(other.id));
}
const turn = async (ms = 1_000) => {
  await stage.clock.advance(ms);
  await loop.settle();
};

/** A is lost, and the rules ask: mode is approve. */
async function asked(approval: object = {}): Promise<Approval> {
  const topology = stageTopology();
  stage = new Stage(
    { mode: 'approve' },
    {},
    { topology: { ...topology, approval: { ...topology.approval, ...approval } } },
  );
  loop = stage.orchestrator('w');
  await stage.allWell();
  await loop.settle();
  await stage.silence(a);
  await stage.guardA({ selfFenceMs: 500 });
  for (let turns = 0; turns < 40 && (await approvals()).length === 0; turns++) {
    await stage.loseA(6_000);
    await turn();
  }
  const [only] = await approvals();
  if (!only) throw new Error(`nobody was asked: ${(await rules()).join()}`);
  return only;
}

describe('an approval that is open', () => {
  it('is superseded when the site recovers, and says so', async () => {
    const { id } = await asked();
    for (const site of [a, b, w]) await stage.vote(site, 'kafka-a', 'up');
    await turn();
    expect(await approvals()).toMatchObject([{ id, phase: 'superseded', reason: expect.stringContaining('is up') }]);
  });

  it('is superseded when the lag is another one, and people are asked anew with what stands in the way', async () => {
    const { id } = await asked();
    stage.lagMs['a-to-b'] = 30_000;
    await stage.loseA(6_000);
    await turn();
    const [first, second] = await approvals();
    expect(first).toMatchObject({ id, phase: 'superseded', reason: expect.stringContaining('lag-above-rpo') });
    expect(second).toMatchObject({
      phase: 'pending',
      vetoes: expect.arrayContaining([expect.objectContaining({ name: 'lag-above-rpo' })]),
    });
    expect(await rules()).toContain('question-superseded');
    stage.lagMs['a-to-b'] = 90_000;
    await stage.loseA(6_000);
    await turn();
    expect((await approvals())[1]).toMatchObject({ phase: 'superseded', reason: expect.stringContaining('has grown') });
  });

  it('is superseded when signalbox.yaml asks other people', async () => {
    await asked();
    const { settings } = stage;
    const policy = { ...settings.policy, approval: { ...settings.policy.approval!, required: 2 } };
    loop = stage.loopOf('w', stage.leadership(), undefined, { ...settings, policy });
    await turn(10_000);
    expect((await approvals())[0]).toMatchObject({
      phase: 'superseded',
      reason: expect.stringContaining('other people'),
    });
  });

  it('is told to more people when it is time, each time once, and stays open', async () => {
    await asked({ escalateAfterMs: [5_000, 20_000] });
    const escalated = async () => (await rules()).filter((rule) => rule === 'approval-escalated').length;
    await stage.loseA(6_000);
    await turn(6_000);
    await turn(1_000);
    expect(await escalated()).toBe(1);
    await turn(15_000);
    expect(await escalated()).toBe(2);
    expect(await approvals()).toMatchObject([{ phase: 'pending', escalatesAt: [] }]);
  });

  it.each([
    ['hold', ['expired', 'pending'], 'ask-approval'],
    ['deny', ['expired'], 'approval-expired-as-no'],
  ] as const)('ends with its time: %s', async (onTimeout, phases, last) => {
    await asked({ onTimeout });
    await turn(61_000);
    expect((await approvals()).map(({ phase }) => phase)).toEqual(phases);
    expect((await rules()).at(-1)).toMatch(last);
  });
});
