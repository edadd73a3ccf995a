import { describe, expect, it } from '@jest/globals';
import { overdueMs } from './self-fence-watch.js';

const silent = { guard: 'site-guard@a', silentMs: 9_500, neededMs: 4_300 };

describe('a wait for a guard', () => {
  it('was over long before somebody settled a step by it', () => {
    expect(overdueMs({ check: 'self-fence-waited-out', observed: silent })).toBe(5_200);
  });

  it('says nothing of a fence that was read back, or attested', () => {
    expect(overdueMs({ check: 'acls', observed: silent })).toBe(0);
    expect(overdueMs(undefined)).toBe(0);
    expect(overdueMs({ check: 'self-fence-waited-out', observed: {} })).toBe(0);
  });
});
