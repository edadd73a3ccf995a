import { Controller, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SlackBench } from '../../../test/support/slack/slack-bench.js';
import { attachSlack, NotifierParts } from './notifier.module.js';

/** Whatever else a process answers; Nest parses what is posted to it. */
@Controller()
class Elsewhere {
  @Post('elsewhere')
  take() {
    return { taken: true };
  }
}

@Module({ controllers: [Elsewhere] })
class Process {}

describe(attachSlack.name, () => {
  let bench: SlackBench;
  beforeEach(async () => {
    bench = await SlackBench.start('http');
  });
  afterEach(() => bench?.end());

  it('hands Slack what Slack posts as it came, before anything parses it, and nothing else', async () => {
    const slack = await bench.notifier();
    const parts = { provide: NotifierParts, useValue: { slack: [slack] } };
    const module = await Test.createTestingModule({ imports: [Process], providers: [parts] }).compile();
    const app = module.createNestApplication({ logger: false, forceCloseConnections: true });
    attachSlack(app);
    try {
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      bench.slack.requestUrl = `${url}/slack`;
      expect(await bench.person('U0ALICE').command('help')).toMatchObject({ status: 200 });
      await bench.until('an answer', () => bench.slack.workspace.responses.length === 1);
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const post = async (path: string) =>
        (await fetch(`${url}${path}`, { method: 'POST', headers: form, body: 'payload=1' })).status;
      expect([await post('/slack/interactions'), await post('/slack'), await post('/elsewhere')]).toEqual([
        401, 404, 201,
      ]);
    } finally {
      await app.close();
    }
  });
});
