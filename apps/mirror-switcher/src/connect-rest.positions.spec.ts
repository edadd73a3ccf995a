import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, type Positions } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { FakeConnect } from '../../../test/support/fake-connect.js';
import { fencedResourceConformance } from '../../../test/support/fenced-resource.conformance.js';
import { ConnectClient } from './connect-client.js';
import { ConnectRestPositions } from './connect-rest.positions.js';
import { EpochMarker } from './epoch-marker.js';

const MARKER = 'signalbox-epoch-b-to-a';
const STAMPED = `PUT /connectors/${MARKER}/config`;
const rendered = { source: { 'source.cluster.alias': 'b' }, checkpoint: { groups: 'app' } };
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(10_000);

function positionsAt(fake: FakeConnect): ConnectRestPositions {
  const connect = new ConnectClient(fake.url, clock, 5_000);
  const marker = new EpochMarker(connect, 'b-to-a', { source: 'b', target: 'a' });
  return new ConnectRestPositions(connect, marker, clock, {
    source: 'source',
    checkpoint: 'checkpoint',
    rendered,
    pollMs: 5,
  });
}

fencedResourceConformance<Positions>(ConnectRestPositions.name, async () => {
  const fake = await FakeConnect.start();
  return {
    resource: positionsAt(fake),
    values: [{}, { 'orders-0': 5, 'app-orders-11': 7 }],
    notHeld: { 'orders-0': 6 },
    end: () => fake.end(),
  };
});

describe(ConnectRestPositions.name, () => {
  let fake: FakeConnect;
  let positions: ConnectRestPositions;
  beforeEach(async () => {
    fake = await FakeConnect.start();
    positions = positionsAt(fake);
  });
  afterEach(() => fake.end());

  const running = () => {
    fake.add('source', { 'source.cluster.alias': 'b' });
    fake.add('checkpoint', {});
    fake.store('source', 'b', 'orders', 0, 9);
  };
  const write = async (next: Positions, above = 1) => {
    const seen = await positions.read(soon());
    return positions.write(seen, next, epoch(seen.epoch + above), soon());
  };

  it('reads one past the last offset that was copied from its source, and nothing of others', async () => {
    running();
    fake.store('source', 'b', 'orders-eu', 12, 0);
    fake.store('source', 'someone', 'orders', 1, 99);
    fake.connectors.get('source')!.offsets.push({
      partition: { cluster: 'b', topic: 'orders', partition: 2 },
      offset: null,
    });
    expect(await positions.read(soon())).toEqual({
      value: { 'orders-0': 10, 'orders-eu-12': 1 },
      epoch: 0,
      version: 'epoch=0',
    });
  });

  it('creates what is missing, stopped, and sets it one before the position', async () => {
    expect(await write({ 'orders-0': 101, 'orders-1': 0, 'orders-2': 1 })).toBe('written');
    const { state, config } = fake.connectors.get('source')!;
    expect([state, fake.connectors.get('checkpoint')?.state]).toEqual(['STOPPED', 'STOPPED']);
    expect([config, fake.connectors.get('checkpoint')?.config]).toEqual([rendered.source, rendered.checkpoint]);
    // Nothing for an empty partition: it is read from its beginning.
    expect(fake.stored('source')).toEqual(['b orders 0 100', 'b orders 2 0']);
    expect(await positions.read(soon())).toMatchObject({ value: { 'orders-0': 101, 'orders-2': 1 }, epoch: 1 });
  });

  it('creates them also when every partition is empty', async () => {
    expect(await write({ 'orders-0': 0 })).toBe('written');
    expect([...fake.connectors.keys()].toSorted()).toEqual(['checkpoint', MARKER, 'source']);
    expect(fake.changes.filter((change) => change.startsWith('PATCH'))).toEqual([]);
    expect(await positions.verify({ 'orders-0': 0 }, soon())).toMatchObject({ holds: true, observed: {} });
  });

  it('uses the alias that the connector has, whatever would be rendered now', async () => {
    fake.add('source', { 'source.cluster.alias': 'bravo' }, 'STOPPED');
    fake.add('checkpoint', {}, 'STOPPED');
    expect(await write({ 'orders-0': 3 })).toBe('written');
    expect(fake.stored('source')).toEqual(['bravo orders 0 2']);
    fake.connectors.get('source')!.config = {};
    expect((await positions.read(soon())).value).toEqual({});
    expect(await write({ 'orders-0': 3 })).toBe('written');
    expect(fake.stored('source')).toContain('source orders 0 2');
  });

  it('stops a running flow, stamps before it does, and raises what is lower only', async () => {
    running();
    fake.store('source', 'b', 'orders', 1, 4);
    expect(await write({ 'orders-0': 3, 'orders-1': 8 })).toBe('written');
    expect(fake.stored('source')).toEqual(['b orders 0 9', 'b orders 1 7']);
    expect(fake.changes[0]).toBe('POST /connectors');
    expect(fake.changes.slice(1).toSorted()).toEqual([
      'PATCH /connectors/source/offsets',
      'PUT /connectors/checkpoint/stop',
      'PUT /connectors/source/stop',
    ]);
    expect(positions.shows((await positions.read(soon())).value, { 'orders-0': 3, 'orders-1': 8 })).toBe(true);
  });

  it('seals by stamping alone: a running flow goes on, and a missing one stays missing', async () => {
    const seenMissing = await positions.read(soon());
    expect(await positions.write(seenMissing, seenMissing.value, epoch(3), soon())).toBe('written');
    expect(fake.changes).toEqual(['POST /connectors']);
    running();
    const seen = await positions.read(soon());
    // It moves on while it is sealed.
    fake.store('source', 'b', 'orders', 1, 4);
    expect(await positions.write(seen, seen.value, epoch(4), soon())).toBe('written');
    expect(fake.changes).toEqual(['POST /connectors', STAMPED]);
    expect(fake.connectors.get('source')).toMatchObject({ state: 'RUNNING' });
    expect(await positions.read(soon())).toMatchObject({ value: { 'orders-0': 10, 'orders-1': 5 }, epoch: 4 });
  });

  it('waits until no task is left, and does not touch positions before', async () => {
    running();
    fake.next.set('PUT /connectors/source/stop', { status: 204 });
    const seen = await positions.read(soon());
    const deadline = new AbortController();
    const writing = positions.write(seen, { 'orders-0': 50 }, epoch(1), deadline.signal);
    const looks = () => fake.calls.filter((call) => call === 'GET /connectors/source/status').length;
    while (looks() < 3) await clock.sleep(5);
    deadline.abort();
    expect(await writing).toBe('unknown');
    expect(fake.stored('source')).toEqual(['b orders 0 9']);
    expect(await write({ 'orders-0': 50 })).toBe('written');
  });

  it('goes on where an attempt without an answer left off', async () => {
    fake.next.set('PATCH /connectors/source/offsets', { status: 500, body: { message: 'Request timed out' } });
    expect(await write({ 'orders-0': 50 })).toBe('unknown');
    expect(await write({ 'orders-0': 50 }, 0)).toBe('written');
    expect(fake.stored('source')).toEqual(['b orders 0 49']);
  });

  it('does not believe a Connect that takes positions and shows others', async () => {
    fake.next.set('PATCH /connectors/source/offsets', { status: 200, body: {} });
    expect(await write({ 'orders-0': 50 })).toBe('unknown');
  });

  it('holds what is reached by a stopped flow, and by no other', async () => {
    running();
    expect(await positions.verify({ 'orders-0': 10 }, soon())).toMatchObject({ holds: false });
    expect(await positions.verify(undefined, soon())).toMatchObject({ holds: true, observed: { 'orders-0': 10 } });
    expect(await write({ 'orders-0': 3 })).toBe('written');
    expect(await positions.verify({ 'orders-0': 10, 'orders-1': 0 }, soon())).toMatchObject({ holds: true });
    expect(await positions.verify({ 'orders-0': 11 }, soon())).toMatchObject({ holds: false });
    fake.connectors.delete('checkpoint');
    expect(await positions.verify({ 'orders-0': 10 }, soon())).toMatchObject({ holds: false });
  });
});
