import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { APPROVAL, SlackBench, textsOf } from '../../../../test/support/slack/slack-bench.js';
import { SlackPerson } from '../../../../test/support/slack/slack-person.js';
import { ACTION } from './decision-message.js';
import type { SlackParts } from './assemble-slack.js';

const signal = new AbortController().signal;

describe.each(['socket', 'http'] as const)('an approval in Slack, over %s', (way) => {
  let bench: SlackBench;
  let notifier: SlackParts;
  beforeEach(async () => {
    bench = await SlackBench.start(way);
    notifier = await bench.started();
  });
  afterEach(() => bench?.end());

  const workspace = () => bench.slack.workspace;
  const whispersTo = (user: string) =>
    workspace()
      .whispers.filter((each) => each.user === user)
      .map(({ text }) => text);
  const hasButtons = () => JSON.stringify(workspace().roots[0]?.blocks).includes(ACTION.approve);

  async function asked(): Promise<string> {
    await notifier.channel.deliver(await bench.ask(), signal);
    return workspace().roots[0]?.ts ?? '';
  }

  async function formOf(user: string, action: string = ACTION.approve) {
    const ts = workspace().roots[0]?.ts ?? '';
    const person = bench.person(user);
    const before = workspace().views.length;
    expect(await person.click(ts, action)).toMatchObject({ isTaken: true });
    await bench.until('a form', () => workspace().views.length > before);
    return { person, form: person.form! };
  }

  it('says what, why, at what cost, until when, what is in the way and what changes', async () => {
    await asked();
    const text = textsOf(workspace().roots[0]?.blocks ?? []);
    for (const part of [
      'failover of orders from a to b',
      'kafka-a is down, failing for 91 s: a says silent, b says down, w says down',
      '*1042 records*, *3.2 s* behind',
      '`lag-unknown`',
      'DNS kafka.example.com: `192.0.2.10` → `198.51.100.10`',
      'config orders-clients bootstrap.servers: `kafka.a.example:9092` → `kafka.b.example:9092`',
      'MirrorMaker 2 a-to-b: `running` → `stopped`',
      'Waits for 1 of 1 to approve, until',
      `signalbox approve ${APPROVAL}`,
    ]) {
      expect(text).toContain(part);
    }
  });

  it('takes the answer of who types the name of the site, and shows in its place who decided when', async () => {
    await asked();
    const { person, form } = await formOf('U0ALICE');
    const mistyped = await person.submit(form, { site: 'a', reason: 'site a is silent' });
    expect(mistyped.body).toMatchObject({
      response_action: 'errors',
      errors: { site: 'This is not b. Nothing was sent.' },
    });
    expect(bench.relay.answers).toEqual([]);

    expect(await person.submit(form, { site: 'b', reason: 'site a is silent' })).toMatchObject({ isTaken: true });
    await bench.until('it is decided', () => !hasButtons());
    expect(bench.relay.answers).toMatchObject([
      {
        approval: APPROVAL,
        person: { team: 'T0WORK', user: 'U0ALICE', userGroups: [] },
        decision: 'grant',
        reason: 'site a is silent',
        planHash: expect.stringMatching(/^4be1/),
      },
    ]);
    expect(textsOf(workspace().roots[0]?.blocks ?? [])).toMatch(/\*granted\* by <@U0ALICE> \(alice\) <!date/);
    await bench.until('she is told', () => whispersTo('U0ALICE').length > 0);
    expect(whispersTo('U0ALICE')).toEqual([`Your yes to ${APPROVAL} counts; it is granted now.`]);
  });

  it('denies without typing the site', async () => {
    await asked();
    const { person, form } = await formOf('U0BOB', ACTION.deny);
    await person.submit(form, {});
    await bench.until('it is decided', () => !hasButtons());
    expect((await bench.question()).phase).toBe('denied');
  });

  it('refuses who does not stand in signalbox.yaml, in private, and has the refusal written down', async () => {
    const ts = await asked();
    await bench.person('U0MALLORY').click(ts, ACTION.approve);
    await bench.until('the refusal', () => whispersTo('U0MALLORY').length > 0);
    expect(whispersTo('U0MALLORY')[0]).toContain('does not count: slack:T0WORK/U0MALLORY may not approve this.');
    expect(bench.relay.answers).toMatchObject([{ person: { user: 'U0MALLORY', userGroups: [] } }]);
    expect(workspace().views).toEqual([]);
    expect(notifier.refusals.of('unknown-person')).toBe(1);
    expect((await bench.question()).phase).toBe('open');
  });

  it('says in private what the rules refuse: their own request, for one', async () => {
    await notifier.channel.deliver(await bench.ask({ requestedBy: 'alice' }), signal);
    const { person, form } = await formOf('U0ALICE');
    await person.submit(form, { site: 'b' });
    await bench.until('the refusal', () => whispersTo('U0ALICE').length > 0);
    expect(whispersTo('U0ALICE')[0]).toContain('Your yes does not count: alice asked for this.');
    expect(hasButtons()).toBe(true);
    expect(notifier.refusals.of('not-counted')).toBe(1);
  });

  it('counts a form once, however often it arrives, and of two people at once the first', async () => {
    await asked();
    const alice = await formOf('U0ALICE');
    const bob = await formOf('U0BOB', ACTION.deny);
    await Promise.all([
      alice.person.submit(alice.form, { site: 'b' }),
      bob.person.submit(bob.form, {}),
      alice.person.submit(alice.form, { site: 'b' }, 1),
    ]);
    await bench.until('both are told', () => new Set(workspace().whispers.map(({ user }) => user)).size === 2);
    const answers = bench.relay.answers.filter(({ person }) => person.user === 'U0ALICE');
    expect(new Set(answers.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    const { phase, decidedBy } = await bench.question();
    expect({ granted: 'alice', denied: 'bob' }[phase]).toBe(decidedBy);
    expect(workspace().roots).toHaveLength(1);
  });

  it('tells who clicks an old message that it was decided, and sends nothing', async () => {
    const ts = await asked();
    await bench.put({ ...(await bench.question()), phase: 'expired' });
    await bench.person('U0BOB').clickAnyway(ts, ACTION.approve, APPROVAL);
    await bench.until('the refusal', () => whispersTo('U0BOB').length > 0);
    expect(whispersTo('U0BOB')).toEqual([`${APPROVAL} is not open any more: expired.`]);
    expect(bench.relay.answers).toEqual([]);
    expect(notifier.refusals.of('closed')).toBe(1);
  });

  it('says which user groups somebody is in, and as last known when Slack does not say', async () => {
    workspace().userGroups.set('S0DBA', ['U0ALICE']);
    await asked();
    const { person, form } = await formOf('U0ALICE');
    await person.submit(form, { site: 'b' });
    await bench.until('it is relayed', () => bench.relay.answers.length === 1);
    expect(bench.relay.answers[0]?.person.userGroups).toEqual(['S0DBA']);
    expect(bench.slack.callsOf('usergroups.users.list')).toHaveLength(1);
  });

  it('answers commands in private: status, and the form by the id', async () => {
    await asked();
    const alice = bench.person('U0ALICE');
    expect(await alice.command('status')).toMatchObject({ isTaken: true });
    await bench.until('an answer', () => workspace().responses.length === 1);
    expect(workspace().responses[0]).toContain(`${APPROVAL}`);
    await alice.command(`approve ${APPROVAL}`);
    await bench.until('a form', () => workspace().views.length === 1);
    await alice.command('dance');
    await bench.until('help', () => workspace().responses.length === 2);
    expect(workspace().responses[1]).toContain('/signalbox status');
  });

  it('hands on a freeze with its end and its reason, and says in private what came of it', async () => {
    await bench.person('U0ALICE').command('freeze orders 2h new racks  at a');
    await bench.until('an answer', () => workspace().responses.length === 1);
    expect(bench.relay.freezes).toMatchObject([
      { group: 'orders', forMs: 7_200_000, reason: 'new racks at a', person: { user: 'U0ALICE' } },
    ]);
    expect(workspace().responses[0]).toMatch(/^orders is frozen by alice until <!date/);

    await bench.person('U0MALLORY').command('freeze orders 2h for fun');
    await bench.until('a refusal', () => workspace().responses.length === 2);
    expect(workspace().responses[1]).toContain('orders is not frozen by this: slack:T0WORK/U0MALLORY may not');
    expect([notifier.refusals.of('unknown-person'), notifier.refusals.of('not-counted')]).toEqual([1, 1]);

    for (const [index, text] of ['freeze', 'freeze orders', 'freeze orders soon why', 'freeze orders 1h'].entries()) {
      await bench.person('U0ALICE').command(text);
      await bench.until('how to', () => workspace().responses.length === 3 + index);
      expect(workspace().responses.at(-1)).toContain('For how long, and why?');
    }
    expect(bench.relay.freezes).toHaveLength(2);
  });

  it('takes nothing from another workspace', async () => {
    const ts = await asked();
    const elsewhere = new SlackPerson(bench.slack, 'U0ALICE', 'T0OTHER');
    await elsewhere.clickAnyway(ts, ACTION.approve, APPROVAL);
    await bench.until('it is counted', () => notifier.refusals.of('other-workspace') === 1);
    expect(workspace().views).toEqual([]);
  });
});
