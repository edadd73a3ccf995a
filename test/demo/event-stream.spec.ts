import { describe, expect, it } from '@jest/globals';
import { EventParser } from './event-stream.js';

describe('server-sent events', () => {
  it('come whole out of pieces that end anywhere', () => {
    const parser = new EventParser();
    const text = 'event: verdict\nid: 1\ndata: {"kind":"down"}\n\nevent: alive\ndata: {}\n\n: a comment\n\n';
    const events = text.split('').flatMap((character) => parser.push(character));
    expect(events).toEqual([
      { kind: 'verdict', data: { kind: 'down' } },
      { kind: 'alive', data: {} },
    ]);
  });
});
