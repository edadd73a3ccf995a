import { describe, expect, it } from '@jest/globals';
import { openRun, stepsAfter } from '../examples/runs-of-orders.js';
import { NOW } from '../examples/world.js';
import { renderTree } from './run-tree.js';

describe('renderTree', () => {
  it('has a branch for each stage, a leaf for each step, and a mark for how it went', () => {
    const steps = stepsAfter(3);
    const lines = renderTree({ run: openRun, steps }, NOW).split('\n');
    expect(lines[0]).toMatch(/^failover of orders|^switchover of orders/);
    for (const { name, runsAt, status } of steps) {
      expect(
        lines.filter((line) => line.includes(`- ${MARK[status] ?? ' '} ${name} at ${runsAt}: ${status}`)),
      ).toHaveLength(1);
    }
    const stages = new Set(steps.map(({ stage }) => stage));
    expect(lines.filter((line) => /^[|`]- stage \d+/.test(line))).toHaveLength(stages.size);
    expect(lines.filter((line) => line.endsWith('(now)'))).toHaveLength(stages.has(openRun.stage) ? 1 : 0);
  });

  it('says how long a step has been going on, which attempt it is, and why it failed', () => {
    const [step] = stepsAfter(1);
    if (!step) throw new Error('the example has no steps');
    const taken = { ...step, status: 'taken' as const, attempt: 2, startedAt: NOW, problem: 'no answer' };
    const { finishedAt, ...open } = taken;
    expect(renderTree({ run: openRun, steps: [open] }, NOW + 4_200)).toContain('taken, for 4.2 s, attempt 2');
    expect(renderTree({ run: openRun, steps: [open] }, NOW)).toContain('(no answer)');
  });
});
const MARK: Readonly<Record<string, string>> = { done: '+', open: '>', taken: '>', failed: '!' };
