import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { SOURCE, StrimziBench } from '../../../../test/support/kubernetes/strimzi-bench.js';
import { StrimziWatch } from './strimzi-watch.js';

const clock = new SystemClock();

describe(StrimziWatch.name, () => {
  let bench: StrimziBench;
  let readiness: ProcessReadiness;
  let look: () => Promise<string | undefined>;

  beforeEach(async () => {
    bench = await StrimziBench.start();
    readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const maker = bench.maker();
    const watch = new StrimziWatch([maker], clock, readiness, 5_000);
    look = async () => {
      await watch.look(maker);
      const state = readiness.report().components[maker.name];
      return state?.state === 'missing' ? state.reason : undefined;
    };
    await bench.resources().mirror.verify('running', AbortSignal.timeout(20_000));
  });
  afterEach(() => bench.end());

  it('has nothing to say of a mirror that is as it is wanted', async () => {
    expect(await look()).toBeUndefined();
  });

  it.each<[string, (object: Loose) => unknown, RegExp]>([
    ['nothing fences it yet', ({ metadata }) => delete metadata.labels, /label signalbox\.io\/group/],
    [
      'somebody paused it',
      ({ metadata }) => (metadata.annotations = { 'strimzi.io/pause-reconciliation': 'true' }),
      /paused: /,
    ],
    ['it has no workers', ({ spec }) => (spec.replicas = 0), /without-replicas: /],
    [
      'a task failed',
      ({ status }) => (status.connectors[1].tasks = [{ id: 0, state: 'FAILED', trace: 'Caused by: no room' }]),
      /not-there-yet: .*FAILED.*no room/,
    ],
    [
      'positions cannot be set',
      ({ spec }) => delete spec.mirrors[0].sourceConnector.alterOffsets,
      /nothing at sourceConnector\.alterOffsets/,
    ],
  ])('says that %s', async (_what, change, message) => {
    await bench.stopOperator();
    bench.change((object) => void change(object));
    expect(await look()).toMatch(message);
  });

  it('says that it is not there', async () => {
    bench.server.remove('KafkaMirrorMaker2', 'a-to-b');
    expect(await look()).toMatch(/Create it, or correct its name/);
    expect(bench.connect.connectors.has(SOURCE)).toBe(true);
  });
});
