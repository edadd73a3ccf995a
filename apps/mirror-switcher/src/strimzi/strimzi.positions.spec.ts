import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, type Positions } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { ALTERED, SOURCE, StrimziBench } from '../../../../test/support/kubernetes/strimzi-bench.js';

const clock = new SystemClock();
const soon = (ms = 30_000) => AbortSignal.timeout(ms);

describe('positions of a mirror that Strimzi runs', () => {
  let bench: StrimziBench;
  const positions = () => bench.resources().positions;
  const set = async (next: Positions, at: number) =>
    positions().write(await positions().read(soon()), next, epoch(at), soon());
  const isMade = async () => {
    while (!bench.connect.connectors.has(SOURCE)) await clock.sleep(5, soon());
  };

  fencedResourceConformance<Positions>('positions of a KafkaMirrorMaker2', async () => {
    bench = await StrimziBench.start();
    return {
      resource: bench.resources().positions,
      values: [{}, { 'orders-0': 5, 'orders-1': 7 }],
      notHeld: { 'orders-0': 8 },
      end: () => bench.end(),
    };
  });

  describe('that are set', () => {
    beforeEach(async () => {
      bench = await StrimziBench.start();
      await isMade();
    });
    afterEach(() => bench.end());

    it('leave it stopped, and stand in a ConfigMap under the epoch', async () => {
      expect(await set({ 'orders-0': 5 }, 3)).toBe('written');
      expect(bench.connect.connectors.get(SOURCE)).toMatchObject({ state: 'STOPPED' });
      expect(bench.connect.stored(SOURCE)).toEqual(['kafka-a orders 0 4']);
      expect(bench.server.find(ALTERED)?.metadata).toMatchObject({
        labels: { 'signalbox.io/group': 'orders' },
        annotations: { 'signalbox.io/epoch': '3' },
      });
    });

    it('are never set back', async () => {
      bench.connect.store(SOURCE, 'kafka-a', 'orders', 0, 9);
      expect(await set({ 'orders-0': 5, 'orders-1': 2 }, 3)).toBe('written');
      expect(bench.connect.stored(SOURCE)).toEqual(['kafka-a orders 0 9', 'kafka-a orders 1 1']);
    });

    it('of another source are none of its own', async () => {
      bench.connect.store(SOURCE, 'kafka-c', 'orders', 0, 9);
      expect(await bench.resources().stored.read(soon())).toEqual({});
    });

    it('say that the operator is silent, and that it may still act', async () => {
      await bench.stopOperator();
      await expect(positions().verify({ 'orders-0': 5 }, soon(500))).rejects.toMatchObject({
        code: 'SB_MIRROR_UNRECONCILED',
        retryable: true,
      });
    });

    it('need the ConfigMap that they are to be set from', async () => {
      bench.server.remove('ConfigMap', 'a-to-b-altered');
      await expect(set({ 'orders-0': 5 }, 3)).rejects.toMatchObject({ code: 'SB_KUBERNETES_MISSING' });
    });

    it('are not set from what an overtaken writer had put there', async () => {
      bench.server.isFenced = true;
      const seen = await positions().read(soon());
      expect(await set({ 'orders-0': 5 }, 9)).toBe('written');
      expect(await positions().write(seen, { 'orders-0': 50 }, epoch(8), soon())).toBe('refused');
      expect(bench.connect.stored(SOURCE)).toEqual(['kafka-a orders 0 4']);
    });
  });
});
