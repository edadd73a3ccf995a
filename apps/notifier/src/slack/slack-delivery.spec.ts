import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignalboxError } from '#libs/domain';
import { SlackBench, textsOf } from '../../../../test/support/slack/slack-bench.js';
import { SlackHealth } from './slack-health.js';
import { SlackWeb } from './slack-web.js';

const signal = new AbortController().signal;

describe('messages in Slack', () => {
  let bench: SlackBench;
  beforeEach(async () => {
    bench = await SlackBench.start('socket');
  });
  afterEach(() => bench?.end());

  const workspace = () => bench.slack.workspace;
  /** As whoever delivers does: again and again, until it is taken. */
  const insist = async (deliver: () => Promise<void>, times = 5): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await deliver();
      } catch (error) {
        if (!(error instanceof SignalboxError) || !error.retryable || attempt === times) throw error;
      }
    }
  };

  it('are one of each decision, with everything that follows in its thread, whoever tells and however often', async () => {
    const [one, other] = [await bench.notifier('notifier@a#1'), await bench.notifier('notifier@b#1')];
    const asked = await bench.ask();
    await Promise.allSettled([one, other, one, other].map(({ channel }) => channel.deliver(asked, signal)));
    await insist(() => other.channel.deliver(asked, signal));
    const again = await bench.notifier('notifier@a#2');
    await again.channel.deliver(asked, signal);
    expect(workspace().roots).toHaveLength(1);

    const started = await bench.record('stage-done', { approval: asked.about.approval ?? '', run: 'run-1' });
    for (const { channel } of [one, again]) await channel.deliver(started, signal);
    const [root] = workspace().roots;
    expect(workspace().threadOf(root?.ts ?? '')).toHaveLength(1);
  });

  it('are not sent again where Slack took one and its answer was lost', async () => {
    const notifier = await bench.notifier();
    const asked = await bench.ask();
    bench.slack.fail('chat.postMessage', { kind: 'done-unheard' });
    await expect(notifier.channel.deliver(asked, signal)).rejects.toMatchObject({ retryable: true });
    await notifier.channel.deliver(asked, signal);
    expect(workspace().roots).toHaveLength(1);
    expect(bench.slack.callsOf('chat.postMessage')).toHaveLength(1);
  });

  it('are sent again where the connection was lost before Slack took one', async () => {
    const notifier = await bench.notifier();
    const asked = await bench.ask();
    bench.slack.fail('chat.postMessage', { kind: 'cut' });
    await expect(notifier.channel.deliver(asked, signal)).rejects.toMatchObject({ retryable: true });
    await notifier.channel.deliver(asked, signal);
    expect(workspace().roots).toHaveLength(1);
  });

  it('wait as long as Slack asks for, and ask nothing in the meantime', async () => {
    const notifier = await bench.notifier();
    const asked = await bench.ask();
    bench.slack.fail('chat.postMessage', { kind: 'rate-limit', retryAfterSeconds: 30 });
    const failures = [];
    for (let times = 0; times < 3; times++) {
      failures.push(await notifier.channel.deliver(asked, signal).catch((error: unknown) => error));
    }
    for (const failure of failures)
      expect(failure).toMatchObject({ code: 'SB_CHANNEL_UNAVAILABLE', retryAfterMs: expect.any(Number) });
    expect(bench.slack.callsOf('chat.postMessage')).toHaveLength(1);
  });

  it('come once Slack is back', async () => {
    const notifier = await bench.notifier();
    const asked = await bench.ask();
    bench.slack.fail('chat.postMessage', { kind: 'status', status: 503 }, { kind: 'status', status: 500 });
    await insist(() => notifier.channel.deliver(asked, signal));
    expect(workspace().roots).toHaveLength(1);
  });

  it('say nothing but what they say: no mention, link or format comes from outside', async () => {
    const notifier = await bench.notifier();
    const evil = '<!channel> <https://evil.example|Approve> *bold* `code` _it_ ~no~\n&lt;@U0ALICE&gt; \u202eover';
    await notifier.channel.deliver(await bench.ask({ vetoes: [{ name: 'foreign-name', message: evil }] }), signal);
    const text = textsOf(workspace().roots[0]?.blocks ?? []);
    const line = text.split('\n').find((each) => each.includes('foreign-name')) ?? '';
    expect(line).toContain('&lt;!channel&gt; &lt;https://evil.example|Approve&gt; ∗bold∗ ˋcodeˋ');
    expect(line).toContain('&amp;lt;@U0ALICE&amp;gt;');
    expect(line).not.toMatch(/[<\u202e]/);
  });

  it('follow what changes the decision on any way, also while nobody is told of anything', async () => {
    const notifier = await bench.started();
    await notifier.channel.deliver(await bench.ask({ required: 2 }), signal);
    const question = await bench.question();
    const at = bench.clock.now();
    await bench.put({ ...question, phase: 'partly-granted', answers: [{ by: 'carol', decision: 'grant', at }] });
    const shown = () => textsOf(workspace().roots[0]?.blocks ?? []);
    await bench.until('one of two', () => shown().includes('Waits for 1 of 2'));
    expect(shown()).toContain('Yes by carol');
    await bench.put({ ...question, phase: 'superseded', decidedAt: at, reason: 'site a is back' });
    await bench.until('superseded', () => shown().includes('*superseded*'));
    expect(workspace().roots).toHaveLength(1);
  });

  it('are given up by nobody when a run was approved: it tells in the thread of its approval', async () => {
    const notifier = await bench.notifier();
    await notifier.channel.deliver(await bench.ask(), signal);
    for (const rule of ['start-approved-failover', 'run-closed']) {
      const evidence = { owes: [{ does: 'close-approval', approval: (await bench.question()).id, outcome: 'used' }] };
      await notifier.channel.deliver(await bench.record(rule, evidence), signal);
    }
    expect(workspace().roots).toHaveLength(1);
    expect(workspace().threadOf(workspace().roots[0]?.ts ?? '')).toHaveLength(2);
  });
});

describe(SlackHealth.name, () => {
  it('says that the token was taken back, and when Slack knows us again', async () => {
    const bench = await SlackBench.start();
    try {
      const { apiUrl, workspace } = bench.slack;
      const web = new SlackWeb(
        { token: workspace.botToken, apiUrl, channel: workspace.channel },
        bench.clock,
        bench.log,
      );
      const health = new SlackHealth(web, workspace.team, 'slack ops', bench.readiness, bench.clock);
      const state = () => bench.readiness.report().components['slack ops'];
      await health.look();
      expect(state()).toEqual({ state: 'ready' });
      workspace.isTokenRevoked = true;
      await health.look();
      expect(state()).toMatchObject({ state: 'missing', reason: expect.stringContaining('token_revoked') });
    } finally {
      await bench.end();
    }
  });
});

describe('the socket', () => {
  it('is replaced before Slack closes it, and opened anew when it is cut', async () => {
    const bench = await SlackBench.start('socket');
    try {
      await bench.started();
      bench.slack.refreshConnections();
      await bench.until('a second one', () => bench.slack.greeted === 2);
      bench.slack.cutConnections();
      await bench.until('a third one', () => bench.slack.greeted === 3);
      const ready = () => bench.readiness.report().components['slack ops socket']?.state === 'ready';
      await bench.until('it is ready', ready);
      expect(bench.slack.callsOf('apps.connections.open')).toHaveLength(3);
    } finally {
      await bench.end();
    }
  });
});
