import { describe, expect, it } from '@jest/globals';
import { VETO_KINDS } from '#libs/decision';
import { contentOf } from './checkout.js';

/** What stands in the way has to be found by its name, by whoever is in a hurry. */
describe('docs/operating.md', () => {
  it('says of every veto what ends it, and of no other', () => {
    const [, table = ''] = contentOf('docs/operating.md').split('## Vetoes');
    const [section = ''] = table.split('## Runs');
    const named = [...section.matchAll(/^\| `([a-z-]+)(<site>)?`/gm)].map(
      ([, name = '', site]) => name + (site ? '*' : ''),
    );
    expect(named.toSorted()).toEqual(VETO_KINDS.map(({ name }) => name).toSorted());
  });
});
