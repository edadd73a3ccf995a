import { beforeEach, describe, expect, it } from '@jest/globals';
import { clusterId, epoch, groupId, type FencedResource } from '#libs/domain';
import { InMemoryKafka, openInMemory, type KafkaCluster } from '#libs/kafka';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import type { AclScope } from '../fence/acl-survey.js';
import type { HeldAccess } from '../fence/held-access.js';
import { LadderWriteAccess } from '../fence/ladder.write-access.js';
import { WriteProbe } from '../fence/write-probe.js';
import { MessageSizeWriteAccess } from './message-size.write-access.js';

const clock = new SystemClock();
const signal = new AbortController().signal;
const NOTES = 'signalbox.fence.orders';
const scope: AclScope = {
  group: groupId('orders'),
  topics: ['orders', 'paid.*'],
  probeTopic: 'signalbox.probe.orders',
  inbound: ['User:mm2-ab'],
  self: 'User:ANONYMOUS',
  openByDefault: false,
};

function onCluster(): { kafka: InMemoryKafka; cluster: KafkaCluster; access: MessageSizeWriteAccess } {
  // Without an authorizer everybody may do everything: as open by default, and no rule is ever made.
  const kafka = new InMemoryKafka({ cluster: clusterId('b'), timeoutMs: 100, openByDefault: true }, clock);
  for (const topic of ['orders', 'paid.eu', 'others', scope.probeTopic, NOTES]) kafka.createTopic(topic);
  kafka.settingsOf(NOTES).set('cleanup.policy', 'compact');
  kafka.settingsOf('paid.eu').set('max.message.bytes', '2000000').set('retention.ms', '1000');
  const cluster = openInMemory(kafka, scope.self);
  const probe = new WriteProbe(cluster.log, new SystemRandom());
  const ports = { scope, rules: cluster.rules, probes: { clients: probe, control: probe }, clock };
  return { kafka, cluster, access: new MessageSizeWriteAccess(ports, cluster) };
}

fencedResourceConformance<HeldAccess>('write access by message size, in memory', async () => {
  const { access } = onCluster();
  await access.write(await access.read(signal), 'none', epoch(0), signal);
  const options = { aclTimeoutMs: 2_000, requestTimeoutMs: 2_000, mayLift: () => true };
  const resource = new LadderWriteAccess(access, undefined, clock, options);
  return { resource, values: ['none', 'clients'], end: async () => undefined };
});

describe('write access by message size', () => {
  let kafka: InMemoryKafka;
  let cluster: KafkaCluster;
  let access: MessageSizeWriteAccess;
  beforeEach(() => {
    ({ kafka, cluster, access } = onCluster());
  });

  const set = async (next: HeldAccess, stamp: number, of: FencedResource<HeldAccess> = access) =>
    of.write(await of.read(signal), next, epoch(stamp), signal);
  const held = async () => (await access.read(signal)).value;
  const sizes = () =>
    Object.fromEntries(kafka.topicNames.map((topic) => [topic, kafka.settingsOf(topic).get('max.message.bytes')]));
  const append = (topic: string) => cluster.log.append(topic, 0, [{ value: Buffer.from('an order of some bytes') }]);
  const FENCED = { orders: '78', 'paid.eu': '78', [scope.probeTopic]: '78', others: undefined, [NOTES]: undefined };
  const BEFORE = { ...FENCED, orders: undefined, 'paid.eu': '2000000', [scope.probeTopic]: undefined };

  it('reads a cluster that nobody has fenced as unset, and keeps it so when it is sealed', async () => {
    expect(await access.read(signal)).toMatchObject({ value: 'unset', epoch: 0 });
    expect(await set('unset', 3)).toBe('written');
    expect(await access.read(signal)).toMatchObject({ value: 'unset', epoch: 3 });
    expect(sizes()).toEqual(BEFORE);
  });

  it('refuses every record of the group, tells it by a write, and touches nothing else', async () => {
    expect(await set('none', 1)).toBe('written');
    expect(sizes()).toEqual(FENCED);
    expect(await append('orders')).toEqual({ outcome: 'refused', reason: 'MESSAGE_TOO_LARGE' });
    expect(await append('others')).toMatchObject({ outcome: 'appended' });
    expect(await access.verify('none', signal)).toMatchObject({
      holds: true,
      observed: { write: 'MESSAGE_TOO_LARGE' },
    });
    expect(access.provenBy('none')).toBe('size');
  });

  it('lets a record of ten bytes in, as Kafka does: no more than its batch would be a marker', async () => {
    await set('none', 1);
    const ofSize = async (bytes: number) =>
      (await cluster.log.append('orders', 0, [{ value: Buffer.alloc(bytes) }])).outcome;
    expect([await ofSize(10), await ofSize(11)]).toEqual(['appended', 'refused']);
  });

  it.each(['clients', 'inbound'] as const)('gives back under %s exactly what topics had of their own', async (open) => {
    await set('none', 1);
    await set('none', 2);
    expect(await set(open, 3)).toBe('written');
    expect(sizes()).toEqual(BEFORE);
    expect(kafka.settingsOf('paid.eu').get('retention.ms')).toBe('1000');
    expect(await access.read(signal)).toMatchObject({ value: open, epoch: 3 });
  });

  it('says that clients are not kept out while the mirror may write, and calls that unproven', async () => {
    await set('inbound', 1);
    expect(access.provenBy('inbound')).toBe('unproven');
    expect(await access.verify('inbound', signal)).toMatchObject({
      holds: true,
      exception: expect.stringMatching(/so can clients.*fence: weak/),
    });
    expect(await access.verify('clients', signal)).not.toHaveProperty('exception');
  });

  it('does not call a topic of the group that was created since fenced, and fences it as well', async () => {
    await set('none', 1);
    kafka.createTopic('paid.us');
    expect(await held()).toBe('unset');
    await set('none', 1);
    expect([await held(), sizes()['paid.us']]).toEqual(['none', '78']);
  });

  it('keeps what the owner of a fenced topic has set since, and gives that back', async () => {
    await set('none', 1);
    kafka.settingsOf('orders').set('max.message.bytes', '5000');
    kafka.settingsOf('paid.eu').delete('max.message.bytes');
    expect(await held()).toBe('unset');
    await set('none', 1);
    await set('clients', 2);
    expect(sizes()).toEqual({ ...BEFORE, orders: '5000', 'paid.eu': undefined });
  });

  it('never takes the fence for what a topic had, wherever it came from', async () => {
    kafka.settingsOf('orders').set('max.message.bytes', '78');
    await set('none', 1);
    await set('clients', 2);
    expect(sizes()).toEqual(BEFORE);
  });

  it('knows what topics had when the process that fenced them has died halfway', async () => {
    const change = cluster.configs.set.bind(cluster.configs);
    cluster.configs.set = async (setting, values) => {
      await change(setting, new Map([...values].slice(0, 2)));
      throw new TypeError('killed');
    };
    await expect(set('none', 1)).rejects.toThrow('killed');
    expect(await held()).toBe('unset');
    cluster.configs.set = change;
    await set('none', 1);
    await set('clients', 2);
    expect(sizes()).toEqual(BEFORE);
  });

  it('changes no topic when somebody has written in between', async () => {
    const write = cluster.log.append.bind(cluster.log);
    cluster.log.append = async (topic, partition, records) => {
      if (topic === NOTES) await write(topic, partition, records);
      return write(topic, partition, records);
    };
    expect(await set('none', 1)).toBe('unknown');
    expect(sizes()).toEqual(BEFORE);
  });

  it('does not take a size for a fence that a broker does not enforce', async () => {
    await set('none', 1);
    kafka.demandSize = () => undefined;
    expect(await access.verify('none', signal)).toMatchObject({
      holds: false,
      observed: { access: 'none', write: 'accepted and read back' },
    });
  });

  it.each([
    ['is not compacted', () => void kafka.settingsOf(NOTES).delete('cleanup.policy'), /cleanup\.policy is not set/],
    ['is missing', () => kafka.deleteTopic(NOTES), /is not there/],
  ])('fences nothing where the topic for its notes %s, and says how to create it', async (_, breaks, problem) => {
    breaks();
    const refusal = await access.read(signal).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'SB_FENCE_LEDGER', message: expect.stringMatching(problem) });
    expect(String(refusal)).toContain('kafka-topics.sh --create --topic signalbox.fence.orders');
  });
});
