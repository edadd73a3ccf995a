import { describe, expect, it } from '@jest/globals';
import type { GuardRecord, StepRecord } from '#libs/domain';
import { keys } from '#libs/journal';
import type { FenceMode } from '#libs/topology';
import { a, b, group, Stage } from '../../../../test/support/group-stage.js';
import type { GroupLoop } from '../group/group-loop.js';

interface Scene {
  readonly stage: Stage;
  readonly loop: GroupLoop;
}

/** Site A is lost in the given fence mode; `guard`: what its guard last said, and whether it answers still. */
async function lost(
  fenceMode: FenceMode,
  guard: { readonly record?: Partial<GuardRecord>; readonly answers?: boolean } | 'never there',
): Promise<Scene> {
  const stage = new Stage({ fenceMode });
  const loop = stage.orchestrator('b');
  if (guard !== 'never there') await (guard.answers ? stage.guard(a, guard.record) : stage.guardA(guard.record));
  await loop.settle();
  await stage.clock.advance(6_000);
  await stage.loseA(5_000);
  return { stage, loop };
}

const attest = async ({ stage }: Scene): Promise<void> => {
  const attestation = { site: a, by: 'ada', reason: 'its power is off', until: stage.clock.now() + 600_000 };
  await stage.journal.commit({
    conditions: [],
    changes: [{ kind: 'put', key: keys.attestations(group), value: JSON.stringify([attestation]) }],
  });
};

const stepOf = async ({ stage }: Scene, name: string): Promise<StepRecord> =>
  stage.step(keys.step((await stage.runs())[0]!.id, name));

const vetoesOf = async ({ stage }: Scene) => (await stage.state()).vetoes;

describe('a failover from a site that does not answer', () => {
  describe('in fence mode strict', () => {
    it.each([
      ['was never armed', { record: { armed: false, armedBy: 'nothing proven yet' } }],
      ['never reported', 'never there'],
    ] as const)('does not start where its guard %s', async (_, guard) => {
      const scene = await lost('strict', guard);
      expect(await scene.stage.play(scene.loop)).toEqual([]);
      expect(await vetoesOf(scene)).toContain('no-fence-possible');
    });

    it('promotes nothing where its guard renewed once more, and says that it is not armed any more', async () => {
      const scene = await lost('strict', {});
      await scene.stage.playUntil(scene.loop, async () => (await scene.stage.runs()).length > 0);
      await scene.stage.guardA({ renewal: 2, armed: false, armedBy: 'its canary was not fenced' });
      await scene.stage.play(scene.loop);
      expect((await stepOf(scene, 'fence-a')).status).not.toBe('done');
      expect((await stepOf(scene, 'promote-b')).status).toBe('planned');
    });

    it('waits the self-fence out anew under every leader', async () => {
      const scene = await lost('strict', {});
      const { stage, loop } = scene;
      await stage.playUntil(loop, async () => (await stage.runs()).length > 0);
      // Nobody at all is there for a while: what a leader has not watched it does not count.
      await stage.clock.advance(20_000);
      await stage.loseA(25_000);
      const next = stage.orchestrator('w');
      const sinceMs = stage.clock.monotonicMs();
      await stage.playUntil(next, async () => (await stepOf(scene, 'fence-a')).status === 'done');
      expect(stage.clock.monotonicMs() - sinceMs).toBeGreaterThanOrEqual(1.1 * 2_500 + 1_000);
    });
  });

  describe('in fence mode guarded', () => {
    it('does not start by itself while its guard is silent, armed as it was', async () => {
      const scene = await lost('guarded', {});
      expect(await scene.stage.play(scene.loop)).toEqual([]);
      expect(await vetoesOf(scene)).toContain('no-fence-possible');
    });

    it('goes by itself where its guard reads the fence back', async () => {
      const scene = await lost('guarded', { answers: true });
      await scene.stage.guard(b);
      scene.stage.workersAt(a, b);
      expect(await scene.stage.play(scene.loop)).toContain('promote-b');
      expect(await stepOf(scene, 'fence-a')).toMatchObject({ status: 'done', verifiedBy: { check: 'read-back' } });
    });

    it('goes on a person’s word that the site is off', async () => {
      const scene = await lost('guarded', {});
      await attest(scene);
      expect(await scene.stage.play(scene.loop)).toContain('promote-b');
      expect(await stepOf(scene, 'fence-a')).toMatchObject({
        status: 'done',
        verifiedBy: { check: 'attested', observed: { by: 'ada' } },
      });
    });

    it('takes no word of a site that somebody sees take writes again', async () => {
      const scene = await lost('guarded', {});
      await attest(scene);
      await scene.stage.playUntil(scene.loop, async () => (await scene.stage.runs()).length > 0);
      await scene.stage.vote(b, 'kafka-a', 'up');
      await scene.stage.play(scene.loop);
      expect((await stepOf(scene, 'fence-a')).status).not.toBe('done');
      expect((await stepOf(scene, 'promote-b')).status).toBe('planned');
    });

    it('asks a person where its guard does not report the fence, and promotes nothing', async () => {
      const scene = await lost('guarded', { answers: true });
      await scene.stage.playUntil(scene.loop, async () => (await scene.stage.runs())[0]?.phase === 'needs-human');
      expect((await stepOf(scene, 'fence-a')).status).toBe('unreachable');
      expect((await stepOf(scene, 'promote-b')).status).toBe('planned');
    });
  });

  it('goes on without the fence in fence mode advisory, and names it as an exception', async () => {
    const scene = await lost('advisory', 'never there');
    expect(await scene.stage.play(scene.loop)).toContain('promote-b');
    const exceptions = (await scene.stage.runs())[0]?.exceptions ?? [];
    expect(exceptions.map(({ step }) => step)).toContain('fence-a');
  });
});
