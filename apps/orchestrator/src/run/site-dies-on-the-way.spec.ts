import { describe, expect, it } from '@jest/globals';
import { approvalId, instant, type RunKind, type SiteId } from '#libs/domain';
import { keys } from '#libs/journal';
import { askedApproval } from '../../../../test/support/asked-approval.js';
import { a, b, group, Stage, w } from '../../../../test/support/group-stage.js';
import { QUARANTINED } from '../../../../test/support/quarantined.js';
import type { GroupLoop } from '../group/group-loop.js';

/** A person asked for it and another one approved; B is active. The run has come to the step, which is open. */
async function runAt(step: string, kind: RunKind, returning: object = {}): Promise<{ stage: Stage; loop: GroupLoop }> {
  const stage = new Stage();
  const loop = stage.orchestrator('w');
  await stage.allWell();
  const approval = askedApproval({
    id: approvalId('approval-1'),
    group,
    kind,
    target: a,
    requestedBy: 'alice',
    phase: 'granted',
    requestedAt: instant(0),
    expiresAt: instant(60_000),
    decidedBy: 'bob',
  });
  const asked = { approval: approval.id, kind, target: a, requestedBy: 'alice', expiresAt: instant(60_000) };
  await stage.stands({ active: b, returning, phase: 'awaiting-approval', ...asked });
  const put = { kind: 'put', key: keys.approval(approval.id), value: JSON.stringify(approval) } as const;
  await stage.journal.commit({ conditions: [], changes: [put] });
  await comesTo(step, stage, loop);
  return { stage, loop };
}

async function comesTo(step: string, stage: Stage, loop: GroupLoop): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    await loop.settle();
    const { entries } = await stage.journal.read(keys.openSteps(a), keys.openSteps(b));
    if (entries.some(({ key }) => key.endsWith(`.${step}`))) return;
    await stage.work();
    await stage.clock.advance(100);
  }
  throw new Error(`the run never came to ${step}`);
}

/** Plays until the run is closed and what follows from it has been decided; returns the steps that were done. */
async function playedOut(stage: Stage, loop: GroupLoop): Promise<string[]> {
  const done: string[] = [];
  for (let turn = 0; turn < 50 && (await stage.state()).phase === 'running'; turn++)
    done.push(...(await stage.play(loop)));
  return done;
}

async function dies(site: SiteId, stage: Stage): Promise<void> {
  await stage.silence(site);
  for (const other of [a, b, w].filter((each) => each !== site))
    await stage.vote(other, `kafka-${site}`, 'down', 6_000);
}

const lastRun = async (stage: Stage) => (await stage.runs()).at(-1);

describe('A dies again', () => {
  it('while it is protected again: it is lost, and taken in anew when it answers', async () => {
    const { stage, loop } = await runAt('admit-replication-a', 'reprotect', {
      a: QUARANTINED,
    });
    await dies(a, stage);
    await playedOut(stage, loop);
    expect(await lastRun(stage)).toMatchObject({ phase: 'aborted' });
    expect(await stage.state()).toMatchObject({
      phase: 'steady',
      active: 'b',
      returning: { a: { phase: 'lost', rule: 'returning-lost-again' } },
    });
    await stage.allWell();
    await stage.play(loop);
    expect(await stage.state()).toMatchObject({
      active: 'b',
      returning: { a: { phase: 'quarantined' } },
    });
  });

  it('while the group comes home: B takes writes again', async () => {
    const { stage, loop } = await runAt('drain-b-to-a', 'failback');
    await dies(a, stage);
    const diedAt = stage.clock.now();
    const done = await playedOut(stage, loop);
    expect(done).toContain('undo-fence-b');
    const run = await lastRun(stage);
    expect(run).toMatchObject({ phase: 'aborted', compensation: { by: 'run-failed' } });
    // Not the whole time that a drain may take, which is for a worker that is there.
    expect((run?.finishedAt ?? Infinity) - diedAt).toBeLessThan(stage.topology.policy.drainTimeoutMs + 8_000);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: 'b', returning: {} });
  });
});

describe('A dies when it has just been opened', () => {
  it('is waited for, since the run only goes forward, and the run says which step it is at', async () => {
    const { stage, loop } = await runAt('redirect-kafka.example', 'failback');
    await dies(a, stage);
    await stage.play(loop);
    expect(await stage.state()).toMatchObject({ phase: 'running', kind: 'failback', active: 'b' });
    const run = await lastRun(stage);
    expect(run).toMatchObject({ phase: 'stepping' });
    const step = await stage.step(keys.step(run?.id as never, 'redirect-kafka.example'));
    expect(step.attempt).toBeGreaterThan(1);
    await stage.allWell();
    await playedOut(stage, loop);
    expect(await stage.state()).toMatchObject({
      phase: 'steady',
      active: 'a',
      returning: { b: { rule: 'left-by-plan' } },
    });
  });
});

describe('B dies while the group comes home', () => {
  it('before A has everything: the run is taken back, and what follows is a failover', async () => {
    const { stage, loop } = await runAt('fence-b', 'failback');
    await dies(b, stage);
    await playedOut(stage, loop);
    const kinds = (await stage.runs()).map(({ plan, phase }) => `${plan.kind} ${phase}`);
    expect(kinds).toEqual(['failback aborted', 'failover completed-with-exceptions']);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: 'a', returning: { b: { phase: 'lost' } } });
  });

  it('after it was fenced and drained: the group comes home all the same', async () => {
    const { stage, loop } = await runAt('promote-a', 'failback');
    await dies(b, stage);
    await stage.play(loop);
    expect(await lastRun(stage)).toMatchObject({ phase: 'completed' });
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: 'a', returning: { b: { phase: 'lost' } } });
  });
});
