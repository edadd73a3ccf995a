import { describe, expect, it } from '@jest/globals';
import { verifyChain } from '#libs/audit';
import { keyringOf, signFlowPositions } from '#libs/contracts';
import { flowId, processId } from '#libs/domain';
import { keys } from '#libs/journal';
import { a, b, group, Stage, stageKey } from '../../../../test/support/group-stage.js';
import { RpoNotes } from './rpo-notes.js';

const flow = flowId('a-to-b');

/** What the health-monitor of B wrote down of the flow, `sourceAgeMs` after the source was last heard. */
async function keepPositions(stage: Stage, sourceAgeMs: number): Promise<void> {
  const process = processId('health-monitor@b');
  const record = signFlowPositions(
    {
      flow,
      site: b,
      process,
      writtenAt: stage.clock.now(),
      lagRecords: 3,
      lagMs: 100,
      sourceAgeMs,
      mirrorAgeMs: 0,
      partitions: [
        { topic: 'orders', partition: 0, sourceEnd: 10, copiedAtLeast: 7, copied: 7, lagMs: 100, peakPerSecond: 5 },
      ],
      rest: { partitions: 0, recordsAtRisk: 0, peakPerSecond: 0 },
      problems: [],
    },
    stageKey(b),
  );
  const change = { kind: 'put', key: keys.flowPositions(flow, process), value: JSON.stringify(record) } as const;
  await stage.journal.commit({ conditions: [], changes: [change] });
}

const failingOver = async () => {
  const stage = new Stage();
  const rpo = new RpoNotes(stage.journal, stage.clock, stage.settings, keyringOf(stage.topology));
  const loop = stage.orchestrator('b', rpo);
  await stage.allWell();
  await stage.guardA();
  await loop.settle();
  return { stage, loop };
};

const lose = async (stage: Stage) => {
  await stage.clock.advance(6_000);
  await stage.silence(a);
  await stage.loseA(5_000);
};

const certified = async (stage: Stage) => (await stage.audit()).filter(({ rule }) => rule.startsWith('rpo-'));

describe('what a failover may lose', () => {
  it('stands in the audit when it begins, and again when the old site is fenced', async () => {
    const { stage, loop } = await failingOver();
    await keepPositions(stage, 1_000);
    await lose(stage);
    await stage.playUntil(
      loop,
      async () => (await stage.state()).phase === 'steady' && (await stage.runs()).length > 0,
    );
    const entries = await certified(stage);
    expect(entries.map(({ rule }) => rule)).toEqual(['rpo-certified', 'rpo-closed']);
    expect(entries[0]?.evidence).toMatchObject({
      certificates: [{ flow, from: 'a', isOpen: true, observedRange: { min: 3, max: 3 } }],
      unknown: [],
    });
    expect(entries[1]?.evidence).toMatchObject({ certificates: [{ isOpen: false }] });
    expect(verifyChain(await stage.audit())).toMatchObject({ ok: true });
  });

  it('is unknown, and said to be, where nobody kept positions', async () => {
    const { stage, loop } = await failingOver();
    await lose(stage);
    await stage.playUntil(loop, async () => (await certified(stage)).length > 0);
    expect((await certified(stage))[0]?.evidence).toMatchObject({ isOpen: true, certificates: [], unknown: [flow] });
    expect((await stage.journal.read(keys.rpo(group))).entries).toHaveLength(1);
  });

  it('is set against what was stranded, once the site is back', async () => {
    const { stage, loop } = await failingOver();
    await keepPositions(stage, 1_000);
    await lose(stage);
    await stage.playUntil(loop, async () => (await certified(stage)).length === 2);
    await stage.playUntil(loop, async () => (await stage.state()).phase === 'steady');
    const [run] = await stage.runs();
    const ranges = [{ topic: 'orders', partition: 0, from: 7, to: 12 }];
    const returned = {
      phase: 'quarantined',
      since: 0,
      rule: 'site-quarantined',
      leftBy: run?.id,
      stranded: { records: 5, ranges },
    };
    await stage.stands({ ...(await stage.state()), returning: { a: returned } });
    await stage.playUntil(loop, async () => (await certified(stage)).length > 2);
    expect((await certified(stage)).at(-1)).toMatchObject({
      rule: 'rpo-measured',
      evidence: { measurements: [{ run: run?.id, flow, strandedRecords: 5, verdict: 'within' }] },
    });
    await stage.play(loop);
    expect(await certified(stage)).toHaveLength(3);
  });
});
