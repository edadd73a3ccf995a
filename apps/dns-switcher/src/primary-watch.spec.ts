import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#libs/domain';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { ScriptedNameServer } from '../../../test/support/scripted-name-server.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { DnsRejectedError } from './errors.js';
import { PrimaryWatch } from './primary-watch.js';

const EVERY_MS = 5_000;

describe(PrimaryWatch, () => {
  const clock = new VirtualClock();
  let first: ScriptedNameServer;
  let second: ScriptedNameServer;
  let readiness: ProcessReadiness;
  let watch: PrimaryWatch;

  beforeEach(() => {
    [first, second] = [new ScriptedNameServer('first'), new ScriptedNameServer('second')];
    readiness = new ProcessReadiness(new InMemoryLog(), clock);
    watch = new PrimaryWatch([{ zone: 'example', doors: [first, second] }], clock, readiness, 1_000);
  });
  afterEach(() => watch.stop());

  const seen = async (): Promise<unknown> => {
    watch.start();
    await clock.advance(EVERY_MS);
    return readiness.report().components['primary of example'];
  };

  it('is ready while all of them have the same zone', async () => {
    [first.answer, second.answer] = ['serial 7', 'serial 7'];
    expect(await seen()).toMatchObject({ state: 'ready' });
  });

  it('says which one is down, and that the other one is not', async () => {
    first.answer = new UnavailableError('first is down');
    expect(await seen()).toMatchObject({ state: 'missing', impact: 'degraded', reason: 'first is down' });
  });

  it('is blocked where none takes our key', async () => {
    first.answer = new DnsRejectedError('first', 'BADKEY', 'add it');
    second.answer = new UnavailableError('second is down');
    expect(await seen()).toMatchObject({
      state: 'missing',
      impact: 'blocked',
      reason: expect.stringMatching(/BADKEY.*second is down/),
    });
  });

  it('is blocked where they are not over the same data', async () => {
    [first.answer, second.answer] = ['serial 7', 'serial 5'];
    expect(await seen()).toMatchObject({
      state: 'missing',
      impact: 'blocked',
      reason: expect.stringContaining('first:53 has serial 7, second:53 has serial 5: otherPrimaries must be'),
    });
  });

  it('takes a change between two looks for what it is', async () => {
    [first.answer, second.answer] = ['serial 7', 'serial 8'];
    const query = first.query.bind(first);
    first.query = async (questions) => {
      const answer = await query(questions);
      first.answer = 'serial 8';
      return answer;
    };
    expect(await seen()).toMatchObject({ state: 'ready' });
  });
});
