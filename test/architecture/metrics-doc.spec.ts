import { describe, expect, it } from '@jest/globals';
import { metricsPage } from '#libs/runtime';
import { format, resolveConfig } from 'prettier';
import { contentOf, ROOT } from './checkout.js';

describe('docs/metrics.md', () => {
  it('is what the catalogue says: run npm run docs', async () => {
    const options = await resolveConfig(`${ROOT}/docs/metrics.md`);
    expect(contentOf('docs/metrics.md')).toBe(await format(metricsPage(), { ...options, parser: 'markdown' }));
  });
});
