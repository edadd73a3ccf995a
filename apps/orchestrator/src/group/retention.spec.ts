import { beforeEach, describe, expect, it } from '@jest/globals';
import { verifyChain } from '#libs/audit';
import { approvalId, instant, runId, type Approval, type Run } from '#libs/domain';
import { keys } from '#libs/journal';
import { askedApproval } from '../../../../test/support/asked-approval.js';
import { b, group, Stage } from '../../../../test/support/group-stage.js';
import type { GroupLoop } from './group-loop.js';
import { Retention } from './retention.js';

const DAY_MS = 86_400_000;

describe(Retention.name, () => {
  let stage: Stage;
  let loop: GroupLoop;
  let run: Run;
  const put = async (key: string, value: object) =>
    void (await stage.journal.commit({
      conditions: [],
      changes: [{ kind: 'put', key, value: JSON.stringify(value) }],
    }));
  const records = async (id: string) => (await stage.journal.read(keys.runRecords(runId(id)))).entries.length;
  /** A run like the one that was played, which ended so many days ago. */
  const copy = async (id: string, daysAgo: number, steps: number, change: Partial<Run> = {}) => {
    const finishedAt = stage.clock.now() - daysAgo * DAY_MS;
    await put(keys.run(runId(id)), { ...run, id, finishedAt, ...change });
    for (let n = 0; n < steps; n++) await put(keys.step(runId(id), `step-${n}`), { n });
  };
  const later = async () => {
    await stage.clock.advance(3_600_000);
    await loop.settle();
  };

  beforeEach(async () => {
    stage = new Stage();
    loop = stage.orchestrator('b');
    await stage.guardA();
    await loop.settle();
    await stage.clock.advance(6_000);
    await stage.loseA(5_000);
    await stage.play(loop);
    run = (await stage.runs())[0] as Run;
  });

  it('removes runs that ended long ago with all their steps, a few at a time, and says how many', async () => {
    await copy('old-1', 91, 20);
    await copy('old-2', 200, 150);
    await copy('young', 89, 3);
    await later();
    expect([await records('old-1'), await records('old-2'), await records('young')]).toEqual([0, 0, 4]);
    const lines = (await stage.audit()).filter(({ rule }) => rule === 'retention');
    expect(lines.map(({ evidence }) => evidence)).toEqual([
      { retentionDays: 90, runs: 1, steps: 99, approvals: 0 },
      { retentionDays: 90, runs: 1, steps: 71, approvals: 0 },
    ]);
    expect(verifyChain(await stage.audit())).toMatchObject({ ok: true });
  });

  it('keeps what is open, of another group, unreadable, or the run that a site was left by', async () => {
    await copy('open', 200, 1, { phase: 'needs-human' });
    await copy('other', 200, 1, { plan: { ...run.plan, group: 'payments' as never } });
    await put(keys.run(runId('broken')), { id: 'broken' });
    await put(keys.run(run.id), { ...run, finishedAt: stage.clock.now() - 200 * DAY_MS });
    const left = await records(run.id);
    await later();
    expect([await records('open'), await records('other'), await records('broken')]).toEqual([2, 2, 1]);
    expect(await records(run.id)).toBe(left);
  });

  it('removes approvals that were answered long ago, except what nobody has reviewed', async () => {
    const keep = async (name: string, daysAgo: number, more: Partial<Approval> = {}): Promise<void> => {
      const [id, at] = [approvalId(name), instant(stage.clock.now() - daysAgo * DAY_MS)];
      const asked = { id, group, kind: 'failover', target: b, requestedAt: at, expiresAt: at } as const;
      await put(keys.approval(id), askedApproval({ ...asked, phase: 'denied', decidedAt: at, ...more }));
    };
    await keep('old', 91);
    await keep('young', 1);
    await keep('glass', 91, { review: { openedAt: instant(0), by: 'bob' } });
    await keep('reviewed', 91, { review: { openedAt: instant(0), by: 'bob', closedAt: instant(1) } });
    await later();
    expect((await stage.journal.read(keys.approvals())).entries.map(({ key }) => key)).toEqual([
      keys.approval(approvalId('glass')),
      keys.approval(approvalId('young')),
    ]);
  });
});
