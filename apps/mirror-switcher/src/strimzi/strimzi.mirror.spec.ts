import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, runId, type MirrorState } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { CHECKPOINT, mirrorMaker, SOURCE, StrimziBench } from '../../../../test/support/kubernetes/strimzi-bench.js';

const clock = new SystemClock();
const soon = (ms = 30_000) => AbortSignal.timeout(ms);
/** Of what never comes. */
const BRIEF_MS = 1_000;
const cause = { run: runId('run-7'), step: 'stop-a-to-b' };

describe('a mirror that Strimzi runs', () => {
  let bench: StrimziBench;
  const start = async (state?: string) => (bench = await StrimziBench.start(mirrorMaker(state)));
  const mirror = () => bench.resources().mirror;
  const read = () => mirror().read(soon());
  const set = async (state: MirrorState, at: number) => mirror().write(await read(), state, epoch(at), soon(), cause);
  const states = () => [SOURCE, CHECKPOINT].map((name) => bench.connect.connectors.get(name)?.state);
  const until = async (isSo: () => boolean) => {
    const startedMs = clock.monotonicMs();
    while (!isSo()) {
      if (clock.monotonicMs() - startedMs > 20_000) throw new Error('not within 20 s');
      await clock.sleep(5);
    }
  };

  fencedResourceConformance<MirrorState>('a KafkaMirrorMaker2', async () => {
    await start();
    return { resource: bench.resources().mirror, values: ['running', 'stopped'], end: () => bench.end() };
  });

  describe('as the operator finds it', () => {
    beforeEach(() => start());
    afterEach(() => bench.end());

    it('is stopped by its resource, with a stamp, and by nothing else', async () => {
      expect(await set('stopped', 7)).toBe('written');
      expect(await mirror().verify('stopped', soon())).toMatchObject({
        holds: true,
        observed: {
          wanted: 'stopped',
          operator: { state: 'settled' },
          connectors: { [SOURCE]: { connector: 'STOPPED', tasks: [] } },
          targetEnds: { 'orders-0': 7 },
        },
      });
      expect(states()).toEqual(['STOPPED', 'STOPPED']);
      const { metadata, spec } = bench.stored;
      expect(metadata.annotations).toEqual({
        'signalbox.io/epoch': '7',
        'signalbox.io/group': 'orders',
        'signalbox.io/installation': 'signalbox',
        'signalbox.io/run': 'run-7',
        'signalbox.io/write': expect.stringMatching(/^run-7\.stop-a-to-b\.7\.\d+$/),
      });
      const [{ sourceConnector, checkpointConnector, ...rest }] = mirrorMaker().spec.mirrors as Loose;
      expect(spec.mirrors).toEqual([
        {
          ...rest,
          sourceConnector: { ...sourceConnector, state: 'stopped' },
          checkpointConnector: { ...checkpointConnector, state: 'stopped' },
        },
      ]);
    });

    it('is sealed without a change of what is wanted, so that the operator has nothing to do', async () => {
      expect(await set('running', 3)).toBe('written');
      const { metadata } = bench.stored;
      expect(metadata.generation).toBe(1);
      expect(metadata.annotations).not.toHaveProperty(['signalbox.io/write']);
    });

    it('that was paused by hand is neither running nor stopped, and a seal ends that', async () => {
      bench.change(({ spec }) => void (spec.mirrors[0].sourceConnector.state = 'paused'));
      expect(await read()).toMatchObject({ value: 'stopped', isPartial: true });
      expect(await set('stopped', 4)).toBe('written');
      expect(await mirror().verify('stopped', soon())).toMatchObject({ holds: true });
      expect(states()).toEqual(['STOPPED', 'STOPPED']);
    });

    it('holds only once its tasks run: Ready says nothing of them', async () => {
      await until(() => bench.connect.connectors.has(SOURCE));
      bench.connect.connectors.get(SOURCE)!.tasks = ['FAILED'];
      const { holds, observed } = await mirror().verify('running', soon(BRIEF_MS));
      expect(holds).toBe(false);
      expect(observed).toMatchObject({
        operator: { state: 'not-there-yet', problem: expect.stringContaining('TopicAuthorizationException') },
      });
    });

    it('ends in a named state when no operator takes it up', async () => {
      await mirror().verify('running', soon());
      await bench.stopOperator();
      expect(await set('stopped', 5)).toBe('written');
      await expect(mirror().verify('stopped', soon(BRIEF_MS))).rejects.toMatchObject({
        code: 'SB_MIRROR_UNRECONCILED',
        message: expect.stringMatching(/not-taken-up: the cluster operator has seen generation 1 of 2/),
      });
      await bench.startOperator();
      expect(await mirror().verify('stopped', soon())).toMatchObject({ holds: true });
    });

    it('ends in a named state when somebody has paused its reconciliation', async () => {
      bench.change(({ metadata }) => void (metadata.annotations = { 'strimzi.io/pause-reconciliation': 'true' }));
      await set('stopped', 5);
      await expect(mirror().verify('stopped', soon(BRIEF_MS))).rejects.toMatchObject({
        code: 'SB_MIRROR_UNRECONCILED',
        message: expect.stringContaining('paused: its reconciliation is paused'),
      });
      expect(states()).not.toContain('STOPPED');
    });

    it('reports what it can when its workers do not answer', async () => {
      await until(() => bench.connect.connectors.has(SOURCE));
      await bench.connect.end();
      expect(await bench.resources(300).mirror.verify(undefined, soon())).toMatchObject({
        holds: true,
        observed: { wanted: 'running', replicated: { unreadable: expect.stringContaining('did not list') } },
      });
    });

    it('refuses what the API server refuses of an overtaken writer', async () => {
      bench.server.isFenced = true;
      const seen = await read();
      bench.change(({ metadata }) => void (metadata.annotations = { 'signalbox.io/epoch': '9' }));
      expect(await mirror().write(seen, 'stopped', epoch(8), soon())).toBe('refused');
      expect(bench.stored.spec.mirrors[0].sourceConnector.state).toBe('running');
    });

    it('is left alone where another Signalbox turns it', async () => {
      bench.change(({ metadata }) => void (metadata.annotations = { 'signalbox.io/installation': 'other' }));
      await expect(set('stopped', 5)).rejects.toMatchObject({ code: 'SB_MIRROR_CLAIMED' });
    });

    it('withdraws what an earlier run had asked of its offsets', async () => {
      await bench.stopOperator();
      const asked = { 'strimzi.io/connector-offsets': 'alter', 'strimzi.io/mirrormaker-connector': SOURCE };
      bench.change(({ metadata }) => void (metadata.annotations = asked));
      expect(await set('stopped', 5)).toBe('written');
      expect(bench.stored.metadata.annotations).not.toHaveProperty(['strimzi.io/connector-offsets']);
    });
  });

  it.each<[string, (mirrors: Loose[]) => unknown, RegExp]>([
    ['an alias that signalbox.yaml does not know', ([mirror]) => (mirror.source.alias = 'x'), /calls its source x/],
    ['two directions', (mirrors) => mirrors.push(mirrors[0]), /2 mirrors/],
    ['no place for its positions', ([mirror]) => delete mirror.sourceConnector.listOffsets, /nothing at .*listOffsets/],
  ])('is refused with %s', async (_what, change, message) => {
    await start();
    try {
      bench.change(({ spec }) => void change(spec.mirrors));
      await expect(read()).rejects.toMatchObject({
        code: 'SB_MIRROR_UNPREPARED',
        message: expect.stringMatching(message),
      });
    } finally {
      await bench.end();
    }
  });

  it('is read and written as v1beta2 has it', async () => {
    const seed: Loose = mirrorMaker();
    const [{ source, ...mirror }] = seed.spec.mirrors;
    const mirrors = [{ ...mirror, sourceCluster: 'kafka-a', targetCluster: 'kafka-b' }];
    seed.spec = { connectCluster: 'kafka-b', clusters: [source, seed.spec.target], mirrors };
    bench = await StrimziBench.start(seed);
    try {
      expect(await set('stopped', 2)).toBe('written');
      expect(await bench.resources().mirror.verify('stopped', soon())).toMatchObject({ holds: true });
    } finally {
      await bench.end();
    }
  });
});
