import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keys } from '#libs/journal';
import type { Channel } from '#libs/topology';
import { Stage, stageTopology } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { siteNotes } from '../../../../test/support/site-notes.js';

const CHANNELS = [
  { id: 'log', kind: 'log', minSeverity: 'info' },
  { id: 'history', kind: 'file', path: '/dev/null', minSeverity: 'critical' },
] as unknown as Channel[];

describe('/v1/notification-tests', () => {
  let stage: Stage;
  let desk: OperatorDesk;
  beforeEach(async () => {
    stage = new Stage({}, {}, { topology: { ...stageTopology(), channels: CHANNELS } });
    await stage.allWell();
    desk = await OperatorDesk.open(stage);
  });
  afterEach(() => desk.close());

  const ask = (body: object = {}, key?: string) => desk.post('operator', '/notification-tests', body, key);
  /** As a notifier would. */
  async function tried(test: string, channel: string, problem?: string): Promise<void> {
    const trial = { channel, outcome: problem === undefined ? 'told' : 'failed', problem };
    const put = { kind: 'put', key: keys.channelTrial(test, channel), value: JSON.stringify(trial) } as const;
    await stage.journal.commit({ conditions: [], changes: [put] });
  }
  async function noted() {
    return (await siteNotes(stage, 'notification-test')).map(({ evidence }) => evidence);
  }

  it('waits for every channel, and says of each what came of it', async () => {
    const { status, body } = await ask();
    expect([status, body.by, body.channels]).toEqual([
      200,
      'operator',
      [
        { id: 'log', outcome: 'waiting' },
        { id: 'history', outcome: 'waiting' },
      ],
    ]);
    await tried(body.id, 'log');
    await tried(body.id, 'history', 'the disk is full');
    const now = [
      { id: 'log', outcome: 'told' },
      { id: 'history', outcome: 'failed', problem: 'the disk is full' },
    ];
    expect((await desk.get('viewer', `/notification-tests/${body.id}`)).body.channels).toEqual(now);
    await stage.clock.advance(2_000);
    expect(await noted()).toEqual([
      { asked: body.id, channels: ['log', 'history'] },
      { tried: body.id, channels: now },
    ]);
  });

  it('is asked once, however often it comes, and of one channel where one is named', async () => {
    const first = await ask({ channel: 'log' }, 'the-same-key');
    expect(first.body.channels).toEqual([{ id: 'log', outcome: 'waiting' }]);
    expect((await ask({ channel: 'log' }, 'the-same-key')).body).toEqual(first.body);
    expect((await ask({}, 'the-same-key')).status).toBe(409);
    const { entries } = await stage.journal.read(keys.notificationTests());
    expect(entries).toHaveLength(1);
  });

  it('is refused for a channel that there is not, and to who only reads', async () => {
    expect((await ask({ channel: 'pager' })).body).toMatchObject({ status: 409, code: 'SB_UNKNOWN_CHANNEL' });
    expect((await desk.post('viewer', '/notification-tests', {})).status).toBe(403);
    expect((await desk.get('viewer', '/notification-tests/test-0')).status).toBe(404);
  });
});
