import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { initialGroupState } from '#libs/decision';
import { groupId, siteId } from '#libs/domain';
import type { Reasserted } from '#libs/jobs';
import { InMemoryJournal, keys } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { FakeConnect } from '../../../test/support/fake-connect.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { ConnectClient } from './connect-client.js';
import { LoopWatch, type LoopedGroup } from './loop-watch.js';

const LONG_MS = 30_000;
const [A, B, ORDERS] = [siteId('a'), siteId('b'), groupId('orders')];
const BACK = {
  'connector.class': 'org.apache.kafka.connect.mirror.MirrorSourceConnector',
  'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
  topics: 'orders',
};

describe(LoopWatch.name, () => {
  let fake: FakeConnect;
  let journal: InMemoryJournal;
  let readiness: ProcessReadiness;
  let told: Reasserted[];
  let watch: LoopWatch;
  let looped: LoopedGroup;

  const put = (key: string, value: string) =>
    journal.commit({ conditions: [], changes: [{ kind: 'put', key, value }] });
  const isActive = (site: typeof A) =>
    put(keys.groupState(ORDERS), JSON.stringify({ ...initialGroupState(ORDERS, site), active: site }));
  const looks = async (count: number) => {
    for (let look = 0; look < count; look += 1) await watch.look(looped);
  };
  const said = () => readiness.report().components['one direction of orders'];

  beforeEach(async () => {
    fake = await FakeConnect.start();
    const clock = new VirtualClock();
    journal = new InMemoryJournal(clock);
    readiness = new ProcessReadiness(new InMemoryLog(), clock);
    told = [];
    const connect = new ConnectClient(fake.url, new SystemClock(), LONG_MS);
    looped = { group: ORDERS, flow: 'b-to-a', topics: ['orders'], connect };
    const tally = { note: (last: Reasserted) => void told.push(last) };
    watch = new LoopWatch([], A, { journal, clock, readiness, tally }, LONG_MS);
    await isActive(A);
    await put(keys.epoch(ORDERS), '4');
  });

  afterEach(async () => {
    await journal.close();
    await fake.end();
  });

  it('tells of a mirror toward the active site, whoever set it going and under whatever name', async () => {
    fake.add('by-hand', BACK);
    await looks(1);
    expect(told).toEqual([]);
    await looks(1);
    expect(told).toEqual([
      {
        group: ORDERS,
        resource: { kind: 'mirror', flow: 'b-to-a' },
        epoch: 4,
        ordered: 'stopped',
        found: { running: ['by-hand'] },
        isLeft: true,
      },
    ]);
    expect(said()).toMatchObject({ state: 'missing' });
    expect(fake.changes).toEqual([]);
  });

  it('counts one whose tasks have failed: they are started again', async () => {
    fake.add('by-hand', BACK).tasks = ['FAILED'];
    await looks(2);
    expect(told).toHaveLength(1);
  });

  it('says that it is over when it is', async () => {
    const connector = fake.add('by-hand', BACK);
    await looks(2);
    connector.state = 'STOPPED';
    await looks(1);
    expect(said()).toEqual({ state: 'ready' });
    expect(told).toHaveLength(1);
  });

  it('has nothing to say of a mirror toward a site that is not active, nor while a run is open', async () => {
    fake.add('back', BACK);
    await isActive(B);
    await looks(3);
    const { phase: _phase, ...settled } = initialGroupState(ORDERS, A);
    const running = { ...settled, phase: 'running', run: 'r-1', kind: 'failback', from: 'b', target: 'a' };
    await put(keys.groupState(ORDERS), JSON.stringify(running));
    await looks(3);
    expect(told).toEqual([]);
    expect(said()).toEqual({ state: 'ready' });
  });

  it('has nothing to say of what is stopped, and of what keeps no names', async () => {
    fake.add('stopped', BACK, 'STOPPED');
    fake.add('other', {
      ...BACK,
      'replication.policy.class': 'org.apache.kafka.connect.mirror.DefaultReplicationPolicy',
    });
    await looks(3);
    expect(told).toEqual([]);
  });
});
