import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { Stage } from '../../../../test/support/group-stage.js';

let desk: OperatorDesk;
beforeEach(async () => {
  desk = await OperatorDesk.open(new Stage());
});
afterEach(() => desk.close());

/** The status of an answer to what `fetch` would not send. */
const statusOf = (headers: Record<string, string>, body?: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request(`${desk.url}/v1/groups/orders/requests`, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject);
    sent.end(body);
  });

describe('what is too large', () => {
  it('is refused as a body, before anybody is asked who he is', async () => {
    const body = JSON.stringify({ reason: 'x'.repeat(200_000) });
    expect(await statusOf({ 'content-type': 'application/json' }, body)).toBe(413);
  });

  it('is refused in the headers', async () => {
    expect(await statusOf({ authorization: `Bearer ${'x'.repeat(20_000)}` })).toBe(431);
  });
});
