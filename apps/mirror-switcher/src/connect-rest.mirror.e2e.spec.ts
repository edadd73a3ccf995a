import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { clusterId, epoch, type MirrorState } from '#libs/domain';
import { openCluster, type KafkaCluster } from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import { fencedResourceConformance } from '../../../test/support/fenced-resource.conformance.js';
import { until } from '../../../test/lab/condition.js';
import { Lab } from '../../../test/lab/lab.js';
import { isAlive, signal } from '../../../test/lab/processes.js';
import { ConnectClient } from './connect-client.js';
import { ConnectRestMirror } from './connect-rest.mirror.js';
import { EpochMarker } from './epoch-marker.js';
import { endOffsetsAt } from './kafka.end-offsets.js';

const FLOW = 'a-to-b';
const TOPIC = 'orders';
const clock = new SystemClock();
/** A guard: no statement about how fast Connect is. */
const SOON_MS = 60_000;
const soon = (ms = SOON_MS) => AbortSignal.timeout(ms);
/** Long enough for a busy machine to answer. */
const CALL_TIMEOUT_MS = 5_000;
/** With the defaults of its clients a connector takes 55 s to stop when its source is dead or frozen. */
const STOPS_WITHIN_MS = 30_000;

interface Observed {
  readonly connectors: Readonly<Record<string, { readonly connector: string; readonly tasks: readonly string[] }>>;
  readonly replicated: Readonly<Record<string, number>>;
  readonly targetEnds: Readonly<Record<string, number>>;
}

describe('a mirror on Kafka Connect', () => {
  let lab: Lab;
  let connect: ConnectClient;
  let source: KafkaCluster;
  let target: KafkaCluster;
  let mirror: ConnectRestMirror;

  const mirrorOf = (connectors: { source: string; checkpoint: string }) =>
    new ConnectRestMirror(
      connect,
      new EpochMarker(connect, FLOW, { source: 'a', target: 'b' }),
      endOffsetsAt(target.log, (topic) => topic === TOPIC),
      clock,
      { ...connectors, pollMs: 25 },
    );
  const cluster = (site: 'a' | 'b') =>
    openCluster({
      cluster: clusterId(site),
      bootstrap: [{ host: lab.site(site).address, port: Number(lab.site(site).kafka.adminAddress.split(':')[1]) }],
      credentials: { mechanism: 'PLAIN', username: 'admin', password: () => lab.password('admin') },
      timeoutMs: CALL_TIMEOUT_MS,
    });
  /** Past what any earlier test stamped. */
  const nextEpoch = async () => epoch((await mirror.read(soon())).epoch + 1);
  const set = async (state: MirrorState) => mirror.write(await mirror.read(soon()), state, await nextEpoch(), soon());
  const observed = async (expected?: MirrorState) => {
    const { holds, observed: seen } = await mirror.verify(expected, soon());
    expect(holds).toBe(true);
    return seen as unknown as Observed;
  };
  const append = (value: string) => source.log.append(TOPIC, 0, [{ value: Buffer.from(value) }]);
  const arrives = async (end: bigint) => {
    const startedMs = clock.monotonicMs();
    while (((await target.log.endOffsets(TOPIC)).get(0) ?? 0n) < end) {
      if (clock.monotonicMs() - startedMs > SOON_MS) throw new Error(`${TOPIC}-0 at b does not reach ${end}`);
      await clock.sleep(50);
    }
  };

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka', 'connect'] });
    connect = new ConnectClient(lab.site('b').connectUrl, clock, CALL_TIMEOUT_MS);
    source = cluster('a');
    target = cluster('b');
    mirror = mirrorOf({ source: 'a-to-b-source', checkpoint: 'a-to-b-checkpoint' });
  });

  afterAll(async () => {
    await Promise.all([source?.close(), target?.close()]);
    await lab?.down();
  });

  beforeEach(async () => {
    if ((await mirror.read(soon())).epoch > 0) await set('running');
    await observed('running');
  });

  it('is read as running and never stamped', async () => {
    expect(await mirror.read(soon())).toMatchObject({ value: 'running', epoch: 0 });
  });

  fencedResourceConformance('a mirror', async () => {
    const { epoch: epochBefore } = await mirror.read(soon());
    return { resource: mirror, values: ['running', 'stopped'], epochBefore, end: async () => undefined };
  });

  it('seals a running flow without disturbing it', async () => {
    await append('before the seal');
    expect(await set('running')).toBe('written');
    expect(Object.values((await observed()).connectors).map(({ connector }) => connector)).toEqual([
      'RUNNING',
      'RUNNING',
    ]);
    await append('after the seal');
    await arrives((await source.log.endOffsets(TOPIC)).get(0)!);
  });

  it('stops, keeps what it stored, and goes on from there', async () => {
    await append('before the stop');
    await arrives((await source.log.endOffsets(TOPIC)).get(0)!);
    expect(await set('stopped')).toBe('written');
    const { connectors, replicated, targetEnds } = await observed('stopped');
    expect(connectors).toEqual({
      'a-to-b-source': { connector: 'STOPPED', tasks: [] },
      'a-to-b-checkpoint': { connector: 'STOPPED', tasks: [] },
    });
    const end = Number((await source.log.endOffsets(TOPIC)).get(0));
    expect(replicated[`${TOPIC}-0`]).toBe(end - 1);
    expect(targetEnds[`${TOPIC}-0`]).toBe(end);
    await append('while stopped');
    expect(await set('running')).toBe('written');
    await arrives(BigInt(end + 1));
  });

  it('seals a stopped flow, which stays stopped', async () => {
    await set('stopped');
    expect(await set('stopped')).toBe('written');
    await observed('stopped');
  });

  it('ends a stop that was only half done, instead of undoing it', async () => {
    await connect.setState('a-to-b-checkpoint', 'stopped', soon());
    await connect.setState('a-to-b-source', 'running', soon());
    await until('one of them is stopped', SOON_MS, async () =>
      expect((await mirror.read(soon())).value).toBe('stopped'),
    );
    const seen = await mirror.read(soon());
    expect(await mirror.write(seen, seen.value, await nextEpoch(), soon())).toBe('written');
    await observed('stopped');
  });

  it('refuses a lower epoch, and one that was overtaken since it read', async () => {
    const stale = await mirror.read(soon());
    expect(await set('running')).toBe('written');
    expect(await mirror.write(stale, 'stopped', epoch(99), soon())).toBe('refused');
    const seen = await mirror.read(soon());
    expect(await mirror.write(seen, 'stopped', epoch(seen.epoch - 1), soon())).toBe('refused');
    await observed('running');
  });

  it('does not hold when it is expected to run and is stopped', async () => {
    await set('stopped');
    expect(await mirror.verify('running', soon(3_000))).toMatchObject({ holds: false });
  });

  it('says which connector is missing', async () => {
    const other = mirrorOf({ source: 'nobody', checkpoint: 'a-to-b-checkpoint' });
    await expect(other.read(soon())).rejects.toMatchObject({ code: 'SB_CONNECTOR_MISSING' });
  });

  it('stops in time with a frozen source, and with a killed one', async () => {
    for (const [fault, repair] of [
      [() => Promise.resolve(lab.freeze('a')), () => Promise.resolve(lab.thaw('a'))],
      [() => lab.kill('a'), () => lab.restart('a')],
    ] as const) {
      await set('running');
      await observed('running');
      await fault();
      try {
        // The connectors notice nothing by themselves: their own calls to the source have to be under way.
        await clock.sleep(2_000);
        const sealedAtMs = clock.monotonicMs();
        expect(await set('running')).toBe('written');
        expect(await set('stopped')).toBe('written');
        expect(clock.monotonicMs() - sealedAtMs).toBeLessThan(STOPS_WITHIN_MS);
        expect(Object.keys((await observed('stopped')).replicated)).not.toHaveLength(0);
      } finally {
        await repair();
      }
    }
  });

  it('cannot tell what a frozen Connect did, and is unavailable for reading', async () => {
    const seen = await mirror.read(soon());
    const worker = lab.run.process('b', 'connect')!;
    expect(isAlive(worker)).toBe(true);
    signal(worker, 'SIGSTOP');
    try {
      await expect(mirror.read(soon(500))).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
      await expect(mirror.write(seen, 'stopped', epoch(seen.epoch + 1), soon(500))).rejects.toMatchObject({
        code: 'SB_UNAVAILABLE',
      });
    } finally {
      signal(worker, 'SIGCONT');
    }
  });
});
