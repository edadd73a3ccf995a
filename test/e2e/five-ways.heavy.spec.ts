import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Approval } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { readLogs, verifyAudit } from '../demo/aftermath.js';
import { count } from '../demo/counts.js';
import { logTails } from '../demo/log-tails.js';
import { becomeSteady } from '../demo/opening.js';
import { servedAt } from '../demo/planned-move.js';
import { closedRun, request } from '../demo/requests.js';
import { protect, statusOf } from '../demo/return.js';
import { setStage, type Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import { Lab } from '../lab/lab.js';
import { transcriptOf } from '../support/slack/transcript.js';
import { FiveWays, phaseOf } from './five-ways.js';

const clock = new SystemClock();
const TIMEOUT_MS = 8 * 60_000;
const OPTIONS = {
  fault: 'none',
  mode: 'automatic',
  until: 'failover',
  planned: true,
  keep: false,
  json: true,
} as const;

/** One application, which goes on from the first test to the last, and is moved there and back. */
describe('the yes of a person moves what clients do', () => {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  let ways: FiveWays;
  let lab: Lab;
  let stage: Stage;

  beforeAll(async () => {
    ways = await FiveWays.open();
    lab = await Lab.up({ amend: ways.amend, onProgress: print });
    stage = await setStage(lab, OPTIONS, { clock, print, auditFile: lab.run.file('audit.ndjson') });
    await becomeSteady(stage);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await Promise.allSettled([stage?.witness.stop(), stage?.clients.stopFollowing(), ways?.close()]);
    await lab?.down();
  });

  /** Asks for a move, has it answered, and waits until the application works at the other site. */
  async function moved(to: 'a' | 'b', answer: (stage: Stage, approval: Approval) => Promise<void>): Promise<Approval> {
    const kind = to === 'b' ? 'failover' : 'failback';
    const where = kind === 'failover' ? ['--to', to] : [];
    const { approval, askedAt } = await request(stage, kind, ...where, '--reason', 'maintenance');
    if (!approval) throw new Error(`a ${kind} is asked of another person`);
    await answer(stage, approval);
    await waitFor('the yes to count', { clock, withinMs: 60_000 }, async () =>
      (await phaseOf(stage, approval)) === 'granted' ? true : undefined,
    );
    const closed = await closedRun(stage, kind, askedAt);
    expect(closed?.run.phase).toMatch(/^completed/);
    await servedAt(stage, to, askedAt);
    expect((await statusOf(stage)).active).toBe(to);
    const answered = (await stage.api.get<readonly Approval[]>('/approvals')).find(({ id }) => id === approval.id);
    if (!answered) throw new Error('the approval is gone');
    return answered;
  }

  const telling = async (story: () => Promise<void>): Promise<void> => {
    try {
      await story();
    } catch (error) {
      process.stderr.write(`${lines.join('\n')}\n${logTails(lab)}\n`);
      throw error;
    }
  };

  const said = (by: string, channel: string) => ({ decidedBy: by, answers: [{ by, channel, decision: 'grant' }] });

  it(
    'in Slack, over a socket',
    () =>
      telling(async () => {
        await waitFor('the sockets', { clock, withinMs: 60_000 }, async () => ways.slack.connections > 0 || undefined);
        expect(await moved('b', ways.inSlack)).toMatchObject(said('lab-approver', 'slack'));
        await protect(stage, 'a');
      }),
    TIMEOUT_MS,
  );

  it(
    'in Slack, over signed HTTP',
    () =>
      telling(async () => {
        await ways.turnToHttp(lab);
        expect(await moved('a', ways.inSlack)).toMatchObject(said('lab-approver', 'slack'));
        const file = process.env['SLACK_TRANSCRIPT'];
        if (file !== undefined) writeFileSync(file, `${transcriptOf(ways.slack.workspace)}\n`);
        await protect(stage, 'b');
      }),
    TIMEOUT_MS,
  );

  it(
    'on the command line',
    () =>
      telling(async () => {
        expect(await moved('b', ways.byCli)).toMatchObject(said('lab-approver', 'cli'));
        await protect(stage, 'a');
      }),
    TIMEOUT_MS,
  );

  it(
    'in the API, as the identity provider knows them',
    () =>
      telling(async () => {
        expect(await moved('a', ways.byApi)).toMatchObject(said('deploy-bot', 'api'));
        await protect(stage, 'b');
      }),
    TIMEOUT_MS,
  );

  it(
    'by a token that was signed offline, with Slack and the identity provider down; and nothing is missing after all of it',
    () =>
      telling(async () => {
        await ways.close();
        expect(await moved('b', ways.offline)).toMatchObject(said('lab-admin', 'offline'));
        await stage.clients.stopFollowing();
        expect(count(stage.clients.ledger, await readLogs(stage)).missingRecords).toEqual([]);
        expect(await verifyAudit(stage)).toBe(true);
      }),
    TIMEOUT_MS,
  );
});
