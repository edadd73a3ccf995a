import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Instant, RunId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { Lab } from '../lab/lab.js';
import { readLogs, verifyAudit } from './aftermath.js';
import { countMoved } from './counts.js';
import { logTails } from './log-tails.js';
import { becomeSteady } from './opening.js';
import { servedAt } from './planned-move.js';
import { closedRun, request, runNamed } from './requests.js';
import { statusOf } from './return.js';
import { signalbox } from './signalbox-cli.js';
import { setStage, type Stage } from './stage.js';
import { checkSteady, waitFor } from './steady.js';

const clock = new SystemClock();
const TIMEOUT_MS = 240_000;

/** The application goes on from the first test to the last. */
describe('a person who moves a group', () => {
  let lab: Lab;
  let stage: Stage;
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);

  beforeAll(async () => {
    lab = await Lab.up({ onProgress: print });
    const options = {
      fault: 'none',
      mode: 'automatic',
      until: 'failover',
      planned: true,
      keep: false,
      json: true,
    } as const;
    stage = await setStage(lab, options, { clock, print, auditFile: lab.run.file('audit.ndjson') });
    await becomeSteady(stage);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await Promise.allSettled([stage?.witness.stop(), stage?.clients.stopFollowing()]);
    await lab?.down();
  });

  const telling = async (story: () => Promise<void>): Promise<void> => {
    try {
      await story();
    } catch (error) {
      process.stderr.write(`${lines.join('\n')}\n${logTails(lab)}\n`);
      throw error;
    }
  };

  const stepIs = (run: RunId, name: string, ...wanted: readonly string[]) =>
    waitFor(`${name} ${wanted.join(' or ')}`, { clock, withinMs: 30_000 }, async () => {
      const status = (await runNamed(stage, run)).steps.find((step) => step.name === name)?.status ?? 'missing';
      if (wanted.includes(status)) return true;
      throw new Error(`it is ${status}`);
    });

  const moveToB = async () => {
    const { run, askedAt } = await request(stage, 'switchover', '--to', 'b', '--reason', 'maintenance at a');
    if (!run) throw new Error('a switchover needs nobody to approve it');
    return { id: run.id, askedAt };
  };

  const closed = async (askedAt: Instant) => {
    const answer = await closedRun(stage, 'switchover', askedAt);
    if (answer) return answer;
    throw new Error('no run was started');
  };

  const abort = () => signalbox(stage.operator, 'abort', stage.group, '--reason', 'not now');

  it(
    'takes it back before the point of no return, and A takes writes again',
    () =>
      telling(async () => {
        // Nobody drains: the run cannot get past the point at which the writes have stopped.
        await lab.holdProcess('b', 'mirror-switcher');
        const { id, askedAt } = await moveToB();
        await stepIs(id, 'fence-a', 'done');
        await abort();
        const { run } = await closed(askedAt);
        lab.releaseProcess('b', 'mirror-switcher');
        expect(run).toMatchObject({ phase: 'aborted', compensation: { by: 'lab-operator', reason: 'not now' } });
        await servedAt(stage, 'a', run.finishedAt ?? askedAt);
        expect(await statusOf(stage)).toMatchObject({ phase: 'steady', active: 'a', returning: {} });
        const ledger = stage.clients.ledger.snapshot();
        expect(countMoved(ledger, await readLogs(stage), 'a')).toMatchObject({ lostRecords: 0, copiedTwice: 0 });
      }),
    TIMEOUT_MS,
  );

  it(
    'is told that there is no way back after it, and nothing is lost on the way forward',
    () =>
      telling(async () => {
        await waitFor('steady state', { clock, withinMs: 60_000 }, () => checkSteady(stage));
        // Nobody moves the name: the run waits with B open.
        await lab.holdProcess('b', 'dns-switcher');
        const { id, askedAt } = await moveToB();
        await stepIs(id, 'promote-b', 'done');
        await expect(abort()).rejects.toThrow(/past its point of no return: b takes writes now, and a is fenced/);
        lab.releaseProcess('b', 'dns-switcher');
        const { run } = await closed(askedAt);
        expect(run.phase).toMatch(/^completed/);
        await servedAt(stage, 'b', askedAt);
        await stage.clients.stopFollowing();
        const counts = countMoved(stage.clients.ledger, await readLogs(stage), 'b');
        expect(counts).toMatchObject({ lostRecords: 0, copiedTwice: 0 });
        expect(counts.ackedRecords).toBe(counts.deliveredRecords);
        expect(await statusOf(stage)).toMatchObject({ active: 'b', returning: { a: { phase: 'quarantined' } } });
        expect(await verifyAudit(stage)).toBe(true);
      }),
    TIMEOUT_MS,
  );
});
