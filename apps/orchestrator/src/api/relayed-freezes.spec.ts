import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Stage, stageTopology } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { siteNotes } from '../../../../test/support/site-notes.js';
import { slackChannel } from '../../../../test/support/slack/slack-channel.js';

const HOUR_MS = 3_600_000;
const SLACK = slackChannel({ people: { U0OPERATOR: 'operator', U0CAROL: 'carol' } });

describe('POST /v1/groups/:group/relayed-freezes', () => {
  let stage: Stage;
  let desk: OperatorDesk;
  beforeEach(async () => {
    stage = new Stage({}, {}, { topology: { ...stageTopology(), channels: [SLACK] } });
    await stage.allWell();
    desk = await OperatorDesk.open(stage);
  });
  afterEach(() => desk.close());

  const freeze = (user: string, change: object = {}, key = `slack-${user}`) => {
    const body = { person: { team: SLACK.team, user }, forMs: HOUR_MS, reason: 'new racks', ...change };
    return desk.post('slack', 'relayed-freezes', body, key);
  };
  const frozen = async () => (await desk.get('viewer', '/status')).body.groups[0].frozen;
  async function refusals() {
    const notes = await siteNotes(stage, 'request-refused');
    return notes
      .filter(({ actor }) => actor?.id !== 'slack')
      .map(({ actor, evidence }) => ({ who: actor?.id, ...(evidence as object) }));
  }

  it('freezes in the name of whom the id belongs to, until it expires, once however often it comes', async () => {
    const first = await freeze('U0OPERATOR');
    expect(first).toMatchObject({ status: 201, body: { by: 'operator', reason: 'new racks' } });
    await stage.clock.advance(1_000);
    expect((await freeze('U0OPERATOR')).body).toEqual(first.body);
    expect(await frozen()).toEqual(first.body);
    const entries = (await stage.audit()).filter(({ rule }) => rule === 'freeze');
    expect(entries).toMatchObject([{ actor: { kind: 'person', id: 'operator' } }]);
  });

  it('refuses who has no such role, and strangers, and writes down who tried', async () => {
    for (const user of ['U0CAROL', 'U0EVE'])
      expect(await freeze(user)).toMatchObject({ status: 403, body: { code: 'SB_FORBIDDEN' } });
    expect((await desk.post('operator', 'relayed-freezes', {})).status).toBe(403);
    expect(await frozen()).toBeUndefined();
    expect(await refusals()).toMatchObject([
      { who: 'carol', code: 'SB_FORBIDDEN', freeze: 'orders', details: { user: 'U0CAROL', relay: 'slack' } },
      { who: 'slack:T0WORK/U0EVE', code: 'SB_FORBIDDEN', details: { user: 'U0EVE' } },
      { who: 'operator' },
    ]);
  });

  it('is as short as any freeze, and of a group that there is', async () => {
    expect((await freeze('U0OPERATOR', { forMs: 8 * 24 * HOUR_MS })).status).toBe(400);
    const body = { person: { team: SLACK.team, user: 'U0OPERATOR' }, forMs: HOUR_MS, reason: 'new racks' };
    expect((await desk.post('slack', '/groups/nothing/relayed-freezes', body)).status).toBe(404);
  });
});
