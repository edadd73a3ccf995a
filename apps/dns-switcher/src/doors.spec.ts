import { beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import { ScriptedNameServer } from '../../../test/support/scripted-name-server.js';
import { Doors } from './doors.js';
import { DnsRejectedError } from './errors.js';

const CALL_TIMEOUT_MS = 60_000;
const soon = () => AbortSignal.timeout(CALL_TIMEOUT_MS);
const UPDATE = { zone: 'example', remove: [], create: [], absent: [] };

describe(Doors, () => {
  let first: ScriptedNameServer;
  let second: ScriptedNameServer;
  let doors: Doors;

  beforeEach(() => {
    [first, second] = [new ScriptedNameServer('first'), new ScriptedNameServer('second')];
    doors = new Doors([first, second], CALL_TIMEOUT_MS);
  });

  const asked = () => [first.asked, second.asked];

  it('takes the first one while that answers', async () => {
    await doors.query([{ name: 'example', type: 'SOA' }], soon());
    expect(await doors.update(UPDATE, soon())).toBe('done');
    expect(asked()).toEqual([2, 0]);
  });

  it('goes on to the next where nobody was reached, and stays there', async () => {
    first.answer = new UnavailableError('refused');
    expect(await doors.update(UPDATE, soon())).toBe('done');
    expect(await doors.update(UPDATE, soon())).toBe('done');
    expect(asked()).toEqual([1, 2]);
    expect(doors.address).toBe('second:53');
  });

  it.each([
    ['may have arrived', new OutcomeUnknownError('no answer')],
    ['was understood and refused', new DnsRejectedError('first', 'REFUSED', 'grant it')],
  ])('sends nowhere else what %s', async (_, error) => {
    first.answer = error;
    await expect(doors.update(UPDATE, soon())).rejects.toBe(error);
    expect(asked()).toEqual([1, 0]);
  });

  it('names every one of them when none was reached', async () => {
    first.answer = new UnavailableError('first is down');
    second.answer = new UnavailableError('second is down');
    await expect(doors.update(UPDATE, soon())).rejects.toThrow('first is down; second is down');
  });

  it('tries no other once the time is over', async () => {
    first.answer = new UnavailableError('too late');
    await expect(doors.update(UPDATE, AbortSignal.abort())).rejects.toThrow('too late');
    expect(asked()).toEqual([1, 0]);
  });
});
