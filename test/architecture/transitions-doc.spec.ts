import { describe, expect, it } from '@jest/globals';
import { transitionsPage } from '#libs/decision';
import { contentOf } from './checkout.js';

describe('docs/transitions.md', () => {
  it('is what the tables say: run npm run docs', () =>
    expect(contentOf('docs/transitions.md')).toBe(transitionsPage()));
});
