import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SlackBench } from '../../../../test/support/slack/slack-bench.js';
import { transcriptOf } from '../../../../test/support/slack/transcript.js';
import { ACTION } from './decision-message.js';

const FILE = new URL('../../../../../docs/slack-transcript.txt', import.meta.url);
const signal = new AbortController().signal;

describe('docs/slack-transcript.txt', () => {
  it('shows a failover that is asked for, approved and done, as it looks in Slack', async () => {
    const bench = await SlackBench.start('http');
    try {
      const { channel, refusals } = await bench.started();
      const { workspace } = bench.slack;
      const told: string[] = [];
      const seen = (title: string) => told.push(`## ${title}\n\n${transcriptOf(workspace)}`);
      const root = () => workspace.roots[0]?.ts ?? '';

      await channel.deliver(await bench.ask(), signal);
      seen('The rules ask');

      await bench.person('U0MALLORY').click(root(), ACTION.approve);
      await bench.until('the refusal', () => workspace.whispers.length === 1);
      const alice = bench.person('U0ALICE');
      await alice.click(root(), ACTION.approve);
      await bench.until('the form', () => alice.form !== undefined);
      const mistyped = await alice.submit(alice.form!, { site: 'a' });
      seen('Somebody else clicks, then Alice, who mistypes the site');
      told.push(`The form says: ${JSON.stringify(mistyped.body)}`);

      await alice.submit(alice.form!, { site: 'b', reason: 'site a is silent' });
      await bench.until('it is decided', () => !JSON.stringify(workspace.roots[0]?.blocks).includes(ACTION.approve));
      await bench.until('she is told', () => workspace.whispers.length === 2);
      const { id: approval } = await bench.question();
      const run = 'run-20261121-031512-3d4e5f';
      const start = { owes: [{ does: 'start-run', run, kind: 'failover', from: 'a', to: 'b' }], approval };
      await channel.deliver(await bench.record('start-approved-failover', start), signal);
      const steps = [
        { name: 'fence-a', status: 'done' },
        { name: 'promote-b', status: 'done' },
      ];
      await channel.deliver(await bench.record('stage-done', { run, approval, steps }), signal);
      await channel.deliver(await bench.record('run-closed', { run, approval, phase: 'completed' }), signal);
      seen('Alice approves, and the group moves');

      expect([refusals.of('unknown-person'), refusals.of('wrong-site-typed')]).toEqual([1, 1]);
      const text = `${told.join('\n\n')}\n`;
      if (process.env['RECORD'] === '1') writeFileSync(FILE, text);
      expect(text).toBe(readFileSync(FILE, 'utf8'));
    } finally {
      await bench.end();
    }
  });
});
