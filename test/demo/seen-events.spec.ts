import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ledger } from './ledger.js';
import { SeenEvents } from './seen-events.js';

describe('what pods write down', () => {
  let folder: string;
  let ledger: Ledger;
  let events: SeenEvents;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-seen-'));
    ledger = new Ledger();
    events = new SeenEvents(folder, ledger);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (pod: string, text: string) => appendFileSync(join(folder, `${pod}.ndjson`), text);
  const line = (saw: string, id: string) => `${JSON.stringify({ saw, record: { id, site: 'a' } })}\n`;
  const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);

  it('is heard once, of every pod', () => {
    write('one', line('acknowledge', '1') + line('consume', '1'));
    write('other', line('fail', '2'));
    events.hear();
    events.hear();
    write('one', line('acknowledge', '3'));
    events.hear();
    expect(ids(ledger.acknowledged)).toEqual(['1', '3']);
    expect(ids(ledger.consumed)).toEqual(['1']);
    expect(ids(ledger.unacknowledged)).toEqual(['2']);
  });

  it('is not heard before the line is whole', () => {
    const whole = line('acknowledge', 'ä');
    const bytes = whole.length - 5;
    write('one', whole.slice(0, bytes));
    events.hear();
    expect(ledger.acknowledged).toEqual([]);
    write('one', whole.slice(bytes));
    events.hear();
    expect(ids(ledger.acknowledged)).toEqual(['ä']);
  });

  it('may not have begun', () => {
    new SeenEvents(join(folder, 'none'), ledger).hear();
    expect(ledger.acknowledged).toEqual([]);
  });
});
