import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, NEVER_STAMPED } from '#libs/domain';
import { StrimziBench } from '../../../../test/support/kubernetes/strimzi-bench.js';
import { stampAt } from './mirror-maker-stamp.js';

describe('the stamp of groups at a mirror that Strimzi runs', () => {
  let bench: StrimziBench;
  beforeEach(async () => (bench = await StrimziBench.start()));
  afterEach(() => bench.end());
  const soon = () => AbortSignal.timeout(30_000);

  it('is the epoch of its resource, and changes nothing of what is wanted', async () => {
    const stamp = stampAt(bench.maker());
    const wanted = structuredClone(bench.stored.spec);
    expect(await stamp.read(soon())).toBe(NEVER_STAMPED);
    expect(await stamp.stamp(epoch(5), NEVER_STAMPED, soon())).toBe(true);
    expect(await stamp.read(soon())).toBe(5);
    expect(bench.stored.spec).toEqual(wanted);
  });

  it('is refused to whoever has not seen the one that is there', async () => {
    const stamp = stampAt(bench.maker());
    expect(await stamp.stamp(epoch(5), NEVER_STAMPED, soon())).toBe(true);
    expect(await stamp.stamp(epoch(9), NEVER_STAMPED, soon())).toBe(false);
    expect(await stamp.stamp(epoch(4), epoch(5), soon())).toBe(false);
    expect(await stamp.read(soon())).toBe(5);
  });
});
