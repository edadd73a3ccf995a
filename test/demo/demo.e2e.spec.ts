import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/runtime';
import { Lab } from '../lab/lab.js';
import { playDemo } from './demo.js';
import { logTails } from './log-tails.js';
import type { Ending, FaultName, Mode } from './options.js';
import { inWords } from './prose.js';
import type { Report } from './report.js';
import { setStage } from './stage.js';

const clock = new SystemClock();
const TIMEOUT_MS = 420_000;

/** The promises of the README, on real parts. `playDemo` itself fails when its counts do not add up. */
describe('a lost site', () => {
  let lab: Lab | undefined;
  const lines: string[] = [];

  afterEach(async () => {
    await lab?.down();
    lab = undefined;
    lines.length = 0;
  });

  const play = async (fault: FaultName, mode: Mode = 'automatic', until: Ending = 'failover'): Promise<Report> => {
    lab ??= await Lab.up({ mode, onProgress: (line) => lines.push(line) });
    const options = { fault, mode, until, planned: false, keep: false, json: true };
    const print = (line: string) => lines.push(line);
    const stage = await setStage(lab, options, { clock, print, auditFile: lab.run.file('audit.ndjson') });
    try {
      const report = await playDemo(stage);
      process.stderr.write(`${fault}, ${mode}:\n${inWords(report)}\n`);
      return report;
    } catch (error) {
      process.stderr.write(`${lines.join('\n')}\n${logTails(lab)}\n`);
      throw error;
    }
  };

  const failedOver = { outcome: 'failed-over', verdict: 'down', recorded: true, auditVerified: true };
  const untouched = { outcome: 'no-action', steps: [], resourcesIdentical: true, auditVerified: true };

  const expectServedAtB = ({ dnsAnswers, steps, aboveDwellMs, deliveredRecords }: Report) => {
    const b = lab?.site('b').address;
    expect(dnsAnswers).toMatchObject({ b: [b], w: [b] });
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(['fence-a', 'promote-b']));
    const done = steps.filter(({ status }) => status === 'done');
    expect(done.filter(({ verifiedBy }) => verifiedBy === null)).toEqual([]);
    expect(aboveDwellMs).toBeGreaterThan(0);
    expect(deliveredRecords).toBeGreaterThan(0);
  };

  it(
    'that was killed is failed over by itself, and comes home when people say so',
    async () => {
      const report = await play('kill', 'automatic', 'home');
      expect(report).toMatchObject({ ...failedOver, verdictRule: 'verdict-5-down-by-quorum', rule: 'start-failover' });
      expect(report.readAtA).toBe('segment files');
      expectServedAtB(report);
      expect(report.strandedRecords).toBeGreaterThan(0);
      const stranded = report.return?.ranges.reduce((sum, { from, to }) => sum + to - from, 0);
      expect(report.return).toMatchObject({ strandedRecords: stranded, onlyAtA: stranded });
      expect(report.failback).toMatchObject({ approvedBy: 'lab-approver', lostRecords: 0, copiedTwice: 0 });
      expect(report.failback?.outcome).toMatch(/^completed/);
    },
    2 * TIMEOUT_MS,
  );

  it.each(['freeze', 'isolate-a'] as const)(
    'that outlives its %s acknowledges nothing once it is fenced, also after it is back',
    async (fault) => {
      const report = await play(fault);
      expect(report).toMatchObject({ ...failedOver, fence: { ackedAtAAfterFence: 0 } });
      expect(report.fence?.fencedAt).toBeLessThanOrEqual(report.fence?.firstWriteAtB ?? 0);
      expectServedAtB(report);
    },
    TIMEOUT_MS,
  );

  it(
    'waits for a person in mode approve, and runs when one approves',
    async () => {
      const report = await play('kill', 'approve');
      expect(report).toMatchObject({ ...failedOver, rule: 'start-approved-failover' });
      expectServedAtB(report);
    },
    TIMEOUT_MS,
  );

  it(
    'is only decided about in mode observe',
    async () => {
      expect(await play('kill', 'observe')).toMatchObject({ ...untouched, verdict: 'down', rule: 'would-fail-over' });
    },
    TIMEOUT_MS,
  );

  it(
    'that is not lost at all is left alone',
    async () => {
      expect(await play('cut-ab')).toMatchObject({ ...untouched, verdict: 'link-down', recorded: true });
      expect(await play('kill-monitor')).toMatchObject({ ...untouched, verdict: 'monitor-lost', recorded: true });
      expect(await play('kill-witness-and-a')).toMatchObject({ ...untouched, verdict: 'no-quorum', recorded: false });
    },
    2 * TIMEOUT_MS,
  );
});
