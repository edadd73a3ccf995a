import { describe, expect, it } from '@jest/globals';
import { verifyChain } from '#libs/audit';
import { epoch, instant, processId, type ReassertedRecord, type ResourceRef } from '#libs/domain';
import { keys } from '#libs/journal';
import { group, Stage } from '../../../../test/support/group-stage.js';
import { ReassertionNotes } from './reassertion-notes.js';

const MIRROR: ResourceRef = { kind: 'mirror', flow: 'a-to-b' };

async function put(stage: Stage, key: string, value: object): Promise<void> {
  await stage.journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: JSON.stringify(value) }] });
}

/** What the mirror-switcher writes. */
async function reasserted(stage: Stage, times: number, change: Partial<ReassertedRecord> = {}): Promise<void> {
  const key = keys.reasserted(group, MIRROR);
  const before = (await stage.journal.read(key)).entries[0]?.value;
  const { audited } = before === undefined ? { audited: 0 } : (JSON.parse(before) as ReassertedRecord);
  const record: ReassertedRecord = {
    resource: MIRROR,
    times,
    audited,
    at: instant(0),
    by: processId('mirror-switcher@b'),
    epoch: epoch(1),
    ordered: '"stopped"',
    found: '{"epoch":1,"value":"running"}',
    ...change,
  };
  await put(stage, key, record);
}

const notes = async (stage: Stage) =>
  (await stage.audit()).filter(({ rule }) => rule === 'weak-fence-reasserted').map(({ evidence }) => evidence);

describe(ReassertionNotes.name, () => {
  it('takes what a worker gave back into the audit chain, once', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.allWell();
    await loop.settle();
    await reasserted(stage, 1);
    await stage.play(loop);
    expect(await notes(stage)).toEqual([
      {
        resource: 'mirror/a-to-b',
        times: 1,
        timesInAll: 1,
        last: expect.objectContaining({ by: 'mirror-switcher@b', ordered: '"stopped"' }),
      },
    ]);
    expect(verifyChain(await stage.audit())).toMatchObject({ ok: true });
  });

  it('takes what was found and left there under a rule of its own', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.allWell();
    await loop.settle();
    // At once, whatever was given back the moment before.
    await reasserted(stage, 1);
    await stage.play(loop);
    expect(await notes(stage)).toHaveLength(1);
    await reasserted(stage, 3, { isLeft: true, found: '{"running":["by-hand"]}' });
    await stage.play(loop);
    expect(await notes(stage)).toHaveLength(1);
    const left = (await stage.audit()).filter(({ rule }) => rule === 'mirror-runs-back');
    expect(left.map(({ evidence }) => evidence)).toEqual([
      expect.objectContaining({ times: 2, last: expect.objectContaining({ found: '{"running":["by-hand"]}' }) }),
    ]);
  });

  it('sums up what goes on and on, by the minute', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.allWell();
    await loop.settle();
    for (let times = 1; times <= 20; times++) {
      await reasserted(stage, times);
      await loop.settle();
      await stage.clock.advance(500);
    }
    expect(await notes(stage)).toHaveLength(1);
    await stage.clock.advance(60_000);
    await stage.allWell();
    await loop.settle();
    expect(await notes(stage)).toMatchObject([{ times: 1 }, { times: 19, timesInAll: 20 }]);
  });
});

describe('an order', () => {
  it('is withdrawn with the intent of another change, and stands where a run only looks or seals', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.allWell();
    await stage.guardA();
    await loop.settle();
    await stage.clock.advance(6_000);
    await stage.silence('a' as never);
    await stage.loseA(5_000);
    const positions = keys.order('mirror-switcher', { kind: 'positions', flow: 'a-to-b' });
    const mirror = keys.order('mirror-switcher', MIRROR);
    for (const key of [positions, mirror]) await put(stage, key, {});
    const standing = async () =>
      (await stage.journal.read(keys.orders('mirror-switcher'))).entries.map(({ key }) => key);
    await stage.playUntil(loop, async () => (await stage.runs()).some(({ phase }) => phase === 'sealing'));
    expect(await standing()).toEqual([mirror, positions]);
    const before: string[] = [];
    await stage.playUntil(loop, async () => {
      const [run] = await stage.runs();
      const stop = await stage.step(keys.step(run!.id, 'stop-mirror-a-to-b'));
      if (stop.status === 'open') before.push(...(await standing()));
      return stop.status === 'done';
    });
    expect(before).not.toContain(mirror);
    expect(before).toContain(positions);
  });
});
