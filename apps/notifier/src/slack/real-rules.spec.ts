import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { a, Stage, stageTopology } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { siteNotes } from '../../../../test/support/site-notes.js';
import { slackChannel } from '../../../../test/support/slack/slack-channel.js';
import { letIn, textsOf } from '../../../../test/support/slack/slack-bench.js';
import { SlackPerson } from '../../../../test/support/slack/slack-person.js';
import { SlackSimulator } from '../../../../test/support/slack/slack-simulator.js';
import { notificationOf } from '../notification/notification-of.js';
import { assembleSlack, type SlackParts } from './assemble-slack.js';
import { ACTION } from './decision-message.js';
import { HttpRelay } from './http.relay.js';

const SOON_MS = 30_000;
const real = new SystemClock();
const signal = new AbortController().signal;

/** Carol is an approver, the viewer is not, and of the bot of a neighbour nobody has heard. */
const CHANNEL = slackChannel({ people: { U0CAROL: 'carol', U0VIEWER: 'viewer' } });

describe('Slack and the rules themselves', () => {
  let stage: Stage;
  let loop: ReturnType<Stage['orchestrator']>;
  let desk: OperatorDesk;
  let slack: SlackSimulator;
  let server: Server;
  let notifier: SlackParts;

  const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
    const startedMs = real.monotonicMs();
    while (!(await holds())) {
      if (real.monotonicMs() - startedMs > SOON_MS) throw new Error(`${what}: not within ${SOON_MS} ms`);
      await real.sleep(10);
    }
  };

  beforeEach(async () => {
    stage = new Stage({ mode: 'approve' }, {}, { topology: { ...stageTopology(), channels: [CHANNEL] } });
    await stage.allWell();
    loop = stage.orchestrator('w');
    await loop.settle();
    desk = await OperatorDesk.open(stage);
    slack = await SlackSimulator.start(stage.clock);
    const { botToken, signingSecret } = slack.workspace;
    const configured = { ...CHANNEL, apiUrl: slack.apiUrl };
    const { topology, journal, clock, log, readiness } = stage;
    const relay = new HttpRelay({ endpoints: [desk.url], token: 'slack' });
    const rest = { random: new SystemRandom(), name: 'notifier@w#1', leads: async () => true };
    notifier = assembleSlack(
      configured,
      { botToken, connection: signingSecret },
      { topology, journal, relay, clock, log, readiness, ...rest },
    );
    if (!notifier.http) throw new Error('Slack cannot post');
    server = await letIn(slack, notifier.http);
    notifier.start();
  });
  afterEach(async () => {
    await notifier?.stop();
    server?.close();
    server?.closeAllConnections();
    await slack?.end();
    await desk?.close();
  });

  /** A is lost, and its failover needs a person. */
  async function asked(): Promise<string> {
    await stage.silence(a);
    await stage.guardA({ selfFenceMs: 500 });
    const waits = async () => (await stage.state()).phase === 'awaiting-approval';
    for (let turns = 0; turns < 40 && !(await waits()); turns++) {
      await stage.loseA(6_000);
      await stage.clock.advance(1_000);
      await loop.settle();
    }
    const entry = (await stage.audit()).findLast(({ rule }) => rule.startsWith('ask-approval'));
    if (!entry) throw new Error('nobody was asked');
    await notifier.channel.deliver(notificationOf(entry), signal);
    return slack.workspace.roots[0]?.ts ?? '';
  }

  const whispersTo = (user: string) => slack.workspace.whispers.filter((each) => each.user === user);
  const shown = () => textsOf(slack.workspace.roots[0]?.blocks ?? []);
  const answersNoted = () => siteNotes(stage, 'approval-answered');

  async function answer(user: string, ts: string): Promise<void> {
    const person = new SlackPerson(slack, user);
    await person.click(ts, ACTION.approve);
    await until('a form', () => person.form !== undefined);
    await person.submit(person.form!, { site: 'b', reason: 'site a is silent' });
    await until('they are told', () => whispersTo(user).length > 0);
  }

  it('move a group on the yes of an approver, whose name stands in the audit and in the message', async () => {
    const ts = await asked();
    expect(shown()).toContain('failover of orders from a to b');
    await answer('U0CAROL', ts);
    expect(whispersTo('U0CAROL')[0]?.text).toContain('counts; it is granted now');
    await until(
      'the buttons are gone',
      () => !JSON.stringify(slack.workspace.roots[0]?.blocks).includes(ACTION.approve),
    );
    expect(shown()).toContain('*granted* by <@U0CAROL> (carol)');
    await loop.settle();
    expect((await stage.state()).phase).toBe('running');
  });

  it('refuse in private who may not approve, and write down that they tried', async () => {
    const ts = await asked();
    await answer('U0VIEWER', ts);
    expect(whispersTo('U0VIEWER')[0]?.text).toContain('Your yes does not count');
    await new SlackPerson(slack, 'U0MALLORY').click(ts, ACTION.approve);
    await until('the stranger is told', () => whispersTo('U0MALLORY').length > 0);
    await until('both are written down', async () => {
      await stage.clock.advance(1_000);
      return (await answersNoted()).length === 2;
    });
    const noted = (await answersNoted()).map(({ actor, evidence }) => ({ by: actor?.id, evidence }));
    expect(noted).toEqual([
      { by: 'viewer', evidence: expect.objectContaining({ outcome: 'refused' }) },
      { by: 'slack:T0WORK/U0MALLORY', evidence: expect.objectContaining({ outcome: 'refused' }) },
    ]);
    expect((await stage.state()).phase).toBe('awaiting-approval');
  });
});
