import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { epoch, runId, UnavailableError, type MirrorState, type Positions } from '#libs/domain';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import {
  ALTERED,
  connectorPath,
  kafkaConnectors,
  LISTED,
  NAMES,
  StrimziBench,
} from '../../../../test/support/kubernetes/strimzi-bench.js';
import { stampAt } from '../groups/mirror-maker-stamp.js';
import { StrimziWatch } from './strimzi-watch.js';

const clock = new SystemClock();
const soon = (ms = 30_000) => AbortSignal.timeout(ms);
/** Of what never comes. */
const BRIEF_MS = 1_000;
const cause = { run: runId('run-7'), step: 'stop-a-to-b' };
const { source, checkpoint } = NAMES;
const BOTH = [source, checkpoint];

describe('a mirror that Strimzi runs by KafkaConnectors', () => {
  let bench: StrimziBench;
  const start = async (state?: string) => (bench = await StrimziBench.startConnectors(kafkaConnectors(state)));
  const mirror = () => bench.resources().mirror;
  const positions = () => bench.resources().positions;
  const read = () => mirror().read(soon());
  const set = async (state: MirrorState, at: number) => mirror().write(await read(), state, epoch(at), soon(), cause);
  const place = async (next: Positions, at: number) =>
    positions().write(await positions().read(soon()), next, epoch(at), soon());
  const states = () => BOTH.map((name) => bench.connect.connectors.get(name)?.state);
  const epochs = () => BOTH.map((name) => bench.connector(name).metadata.annotations?.['signalbox.io/epoch']);
  const change = (name: string, how: (object: Loose) => unknown) =>
    bench.change((object) => void how(object), connectorPath(name));
  const isMade = async () => {
    while (!BOTH.every((name) => bench.connect.connectors.has(name))) await clock.sleep(5, soon());
  };

  fencedResourceConformance<MirrorState>('KafkaConnectors', async () => {
    await start();
    return { resource: bench.resources().mirror, values: ['running', 'stopped'], end: () => bench.end() };
  });

  fencedResourceConformance<Positions>('positions of KafkaConnectors', async () => {
    await start();
    return {
      resource: bench.resources().positions,
      values: [{}, { 'orders-0': 5, 'orders-1': 7 }],
      notHeld: { 'orders-0': 8 },
      end: () => bench.end(),
    };
  });

  describe('as the operator finds it', () => {
    beforeEach(() => start());
    afterEach(() => bench.end());

    it('is stopped by both of its resources, each with a stamp, and by nothing else', async () => {
      expect(await set('stopped', 7)).toBe('written');
      expect(await mirror().verify('stopped', soon())).toMatchObject({
        holds: true,
        observed: {
          wanted: 'stopped',
          operator: { state: 'settled' },
          connectors: {
            [source]: { connector: 'STOPPED', tasks: [] },
            [checkpoint]: { connector: 'STOPPED', tasks: [] },
          },
        },
      });
      expect(states()).toEqual(['STOPPED', 'STOPPED']);
      for (const seed of kafkaConnectors()) {
        const { metadata, spec } = bench.connector(seed.metadata.name);
        expect(spec).toEqual({ ...seed.spec, state: 'stopped' });
        expect(metadata.labels).toEqual(seed.metadata.labels);
        expect(metadata.annotations).toEqual({
          'signalbox.io/epoch': '7',
          'signalbox.io/group': 'orders',
          'signalbox.io/installation': 'signalbox',
          'signalbox.io/run': 'run-7',
          'signalbox.io/write': expect.stringMatching(/^run-7\.stop-a-to-b\.7\.\d+$/),
        });
      }
    });

    it('is sealed without a change of what is wanted, so that the operator has nothing to do', async () => {
      expect(await set('running', 3)).toBe('written');
      expect(epochs()).toEqual(['3', '3']);
      expect(BOTH.map((name) => bench.connector(name).metadata.generation)).toEqual([1, 1]);
    });

    it('carries the lower epoch while only one of them is sealed, and refuses what is below the higher one', async () => {
      expect(await set('running', 3)).toBe('written');
      change(source, ({ metadata }) => (metadata.annotations['signalbox.io/epoch'] = '8'));
      expect(await read()).toMatchObject({ epoch: 3 });
      expect(await stampAt(bench.maker()).read(soon())).toBe(3);
      expect(await set('stopped', 5)).toBe('refused');
      expect(epochs()).toEqual(['8', '3']);
      expect(await set('running', 8)).toBe('written');
      expect(epochs()).toEqual(['8', '8']);
    });

    it('of which one was turned by hand is neither running nor stopped, and a seal ends that', async () => {
      change(checkpoint, ({ spec }) => (spec.state = 'stopped'));
      expect(await read()).toMatchObject({ value: 'stopped', isPartial: true });
      expect(await set('stopped', 4)).toBe('written');
      expect(await mirror().verify('stopped', soon())).toMatchObject({ holds: true });
      expect(states()).toEqual(['STOPPED', 'STOPPED']);
    });

    it('is not known to be written when the API server takes one and refuses the other', async () => {
      bench.server.isFenced = true;
      await set('running', 3);
      const seen = await read();
      bench.server.onChange = ({ metadata }) => {
        if (metadata.name !== source) return;
        bench.server.onChange = () => undefined;
        change(checkpoint, (object) => (object.metadata.annotations['signalbox.io/epoch'] = '9'));
      };
      const outcome = await mirror().write(seen, 'stopped', epoch(5), soon());
      expect(outcome).not.toBe('written');
      expect(bench.connector(checkpoint).spec.state).toBe('running');
      expect(epochs()[1]).toBe('9');
    });

    it('is not known to be written either when the API server has gone before the second one', async () => {
      const maker = bench.maker();
      const merge = maker.api.merge.bind(maker.api);
      const spy = jest.spyOn(maker.api, 'merge').mockImplementation(async (name, ...more) => {
        if (name.endsWith(checkpoint)) throw new UnavailableError('gone');
        return merge(name, ...more);
      });
      const write = { state: 'stopped', epoch: epoch(5), cause } as const;
      expect(await maker.write(await maker.read(soon()), write, soon())).toBe('unknown');
      spy.mockRestore();
      expect(await read()).toMatchObject({ value: 'stopped', isPartial: true });
      expect(await maker.write(await maker.read(soon()), write, soon())).toBe('written');
      expect(epochs()).toEqual(['5', '5']);
    });

    it('holds only once the operator has looked at both: neither tells of the other', async () => {
      expect(await set('stopped', 4)).toBe('written');
      expect(await mirror().verify('stopped', soon())).toMatchObject({ holds: true });
      // Somebody sets it going at Connect; the operator would not look at it for two minutes.
      Object.assign(bench.connect.connectors.get(checkpoint)!, { state: 'RUNNING', tasks: ['RUNNING'] });
      expect(await mirror().verify('stopped', soon())).toMatchObject({ holds: true });
      expect(states()).toEqual(['STOPPED', 'STOPPED']);
    });

    it.each(BOTH)('does not hold while a task of %s has failed, and says why it did', async (name) => {
      await isMade();
      bench.connect.connectors.get(name)!.tasks = ['FAILED'];
      const { holds, observed } = await mirror().verify('running', soon(BRIEF_MS));
      expect(holds).toBe(false);
      expect(observed).toMatchObject({
        operator: {
          state: 'not-ready',
          problem: expect.stringMatching(
            new RegExp(`^KafkaConnector kafka/${name}: .*tasks have failed: .*TopicAuthorizationException`),
          ),
        },
      });
    });

    it('names the one that the operator has not taken up', async () => {
      await mirror().verify('running', soon());
      change(checkpoint, ({ metadata }) => (metadata.annotations = { 'strimzi.io/pause-reconciliation': 'true' }));
      await set('stopped', 5);
      await expect(mirror().verify('stopped', soon(BRIEF_MS))).rejects.toMatchObject({
        code: 'SB_MIRROR_UNRECONCILED',
        message: expect.stringContaining(`KafkaConnector kafka/${checkpoint}: its reconciliation is paused`),
      });
    });

    it('withdraws what an earlier run had asked of its offsets', async () => {
      await bench.stopOperator();
      change(source, ({ metadata }) => (metadata.annotations = { 'strimzi.io/connector-offsets': 'alter' }));
      expect(await set('stopped', 5)).toBe('written');
      expect(bench.connector(source).metadata.annotations).not.toHaveProperty(['strimzi.io/connector-offsets']);
    });

    it('is left alone where another Signalbox turns one of them', async () => {
      change(checkpoint, ({ metadata }) => (metadata.annotations = { 'signalbox.io/installation': 'other' }));
      await expect(set('stopped', 5)).rejects.toMatchObject({ code: 'SB_MIRROR_CLAIMED' });
      expect(bench.connector(source).spec.state).toBe('running');
    });

    it('has its positions under the one key that Strimzi knows', async () => {
      await isMade();
      bench.connect.store(source, 'kafka-a', 'orders', 2, 9);
      expect(await place({ 'orders-0': 5, 'orders-2': 3 }, 3)).toBe('written');
      expect(bench.connect.stored(source)).toEqual(['kafka-a orders 2 9', 'kafka-a orders 0 4']);
      const [altered, listed]: Loose[] = [ALTERED, LISTED].map((path) => bench.server.find(path));
      expect(Object.keys(altered.data)).toEqual(['offsets.json']);
      expect(altered.metadata.annotations).toMatchObject({ 'signalbox.io/epoch': '3' });
      expect(Object.keys(listed.data)).toEqual(['offsets.json']);
      expect(epochs()).toEqual(['3', '3']);
    });

    it('is looked at beforehand', async () => {
      const readiness = new ProcessReadiness(new InMemoryLog(), clock);
      const maker = bench.maker();
      const watch = new StrimziWatch([maker], clock, readiness, 5_000);
      const look = async () => {
        await watch.look(maker);
        return readiness.report().components[maker.name];
      };
      await mirror().verify('running', soon());
      expect(await look()).toMatchObject({ state: 'ready' });
      change(checkpoint, ({ metadata }) => delete metadata.labels['signalbox.io/group']);
      expect(await look()).toMatchObject({ state: 'missing', reason: expect.stringContaining('signalbox.io/group') });
      bench.server.remove('KafkaConnector', checkpoint);
      expect(await look()).toMatchObject({ state: 'missing', reason: expect.stringContaining(checkpoint) });
    });
  });

  it.each<[string, string, (object: Loose) => unknown, RegExp]>([
    [
      'the names of its connectors changed about',
      source,
      ({ spec }) => (spec.class = 'org.apache.kafka.connect.mirror.MirrorCheckpointConnector'),
      /is to be a MirrorSourceConnector/,
    ],
    ['a checkpoint connector of nothing', checkpoint, ({ spec }) => delete spec.class, /class of nothing/],
    ['no KafkaConnect', source, ({ metadata }) => delete metadata.labels['strimzi.io/cluster'], /no KafkaConnect runs/],
    [
      'two of them',
      checkpoint,
      ({ metadata }) => (metadata.labels['strimzi.io/cluster'] = 'others'),
      /cluster others, and KafkaConnector kafka\/a-to-b-source has mirrors/,
    ],
    [
      'a checkpoint connector of another source',
      checkpoint,
      ({ spec }) => (spec.config['source.cluster.alias'] = 'x'),
      /source\.cluster\.alias x/,
    ],
    ['a source without a name', source, ({ spec }) => delete spec.config, /source\.cluster\.alias kafka-a.*has source/],
    ['no place for its positions', source, ({ spec }) => delete spec.listOffsets, /nothing at spec\.listOffsets/],
    [
      'a checkpoint connector that cannot be asked',
      checkpoint,
      ({ spec }) => delete spec.listOffsets,
      /nothing at spec\.listOffsets\.toConfigMap\.name: give it a ConfigMap of its own/,
    ],
    [
      'one that would write over the positions',
      checkpoint,
      ({ spec }) => (spec.listOffsets.toConfigMap.name = 'a-to-b-altered'),
      /a-to-b-altered at spec\.listOffsets/,
    ],
  ])('is refused with %s', async (_what, name, how, message) => {
    await start();
    try {
      change(name, how);
      await expect(read()).rejects.toMatchObject({
        code: 'SB_MIRROR_UNPREPARED',
        message: expect.stringMatching(message),
      });
    } finally {
      await bench.end();
    }
  });

  it('is turned as v1beta2 has it, where pause is older than state', async () => {
    const seeds: Loose[] = kafkaConnectors();
    for (const { spec } of seeds) {
      delete spec.state;
      spec.pause = true;
    }
    bench = await StrimziBench.startConnectors(seeds);
    try {
      expect(await read()).toMatchObject({ value: 'stopped', isPartial: true });
      expect(await set('running', 2)).toBe('written');
      expect(bench.connector(source).spec).not.toHaveProperty('pause');
      expect(await mirror().verify('running', soon())).toMatchObject({ holds: true });
    } finally {
      await bench.end();
    }
  });

  it('is its source alone where there is no checkpoint connector', async () => {
    bench = await StrimziBench.startConnectors(kafkaConnectors().slice(0, 1));
    try {
      expect(await set('stopped', 2)).toBe('written');
      expect(await mirror().verify('stopped', soon())).toMatchObject({
        holds: true,
        observed: { connectors: { [source]: { connector: 'STOPPED' } } },
      });
    } finally {
      await bench.end();
    }
  });
});
