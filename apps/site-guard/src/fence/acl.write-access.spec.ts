import { describe, expect, it } from '@jest/globals';
import { clusterId, epoch, groupId } from '#libs/domain';
import { InMemoryKafka, openInMemory } from '#libs/kafka';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { AclWriteAccess } from './acl.write-access.js';
import type { AclScope } from './acl-survey.js';
import type { HeldAccess } from './held-access.js';
import { LadderWriteAccess } from './ladder.write-access.js';
import { WriteProbe } from './write-probe.js';

const SELF = 'User:signalbox';
const clock = new SystemClock();
const signal = new AbortController().signal;
const scope: AclScope = {
  group: groupId('orders'),
  topics: ['orders'],
  probeTopic: 'signalbox.probe.orders',
  inbound: ['User:mm2-ab'],
  self: SELF,
  openByDefault: false,
};

function onCluster(): { kafka: InMemoryKafka; acls: AclWriteAccess } {
  const kafka = new InMemoryKafka({ cluster: clusterId('b'), timeoutMs: 100 }, clock);
  kafka.createTopic('orders').createTopic(scope.probeTopic, 2);
  kafka.rules.push({
    permission: 'allow',
    principal: SELF,
    operation: 'all',
    topic: 'signalbox.',
    match: 'prefixed',
    host: '*',
  });
  const cluster = openInMemory(kafka, SELF);
  const probe = new WriteProbe(cluster.log, new SystemRandom());
  const probes = { clients: probe, control: probe };
  return { kafka, acls: new AclWriteAccess({ scope, rules: cluster.rules, probes, clock }) };
}

fencedResourceConformance<HeldAccess>('write access by ACL, in memory', async () => {
  const { acls } = onCluster();
  await acls.write(await acls.read(signal), 'none', epoch(0), signal);
  const resource = new LadderWriteAccess(acls, undefined, clock, {
    aclTimeoutMs: 2_000,
    requestTimeoutMs: 2_000,
    mayLift: () => true,
  });
  return { resource, values: ['none', 'clients'], end: async () => undefined };
});

describe('write access by ACL', () => {
  it('reads a cluster that nobody has fenced as unset, and keeps it so when it is sealed', async () => {
    const { acls } = onCluster();
    const seen = await acls.read(signal);
    expect(seen).toMatchObject({ value: 'unset', epoch: 0 });
    expect(await acls.write(seen, seen.value, epoch(3), signal)).toBe('written');
    expect(await acls.read(signal)).toMatchObject({ value: 'unset', epoch: 3 });
  });

  it('does not take ACLs for a fence that a broker does not enforce', async () => {
    const { kafka, acls } = onCluster();
    await acls.write(await acls.read(signal), 'none', epoch(1), signal);
    kafka.demand = () => undefined;
    expect(await acls.verify('none', signal)).toMatchObject({
      holds: false,
      observed: { acls: 'none', write: 'accepted and read back' },
    });
  });

  it('changes nothing where a rule of somebody else makes the wanted access impossible', async () => {
    const { kafka, acls } = onCluster();
    const everybody = { permission: 'allow', principal: 'User:*', operation: 'write' } as const;
    kafka.rules.push({ ...everybody, topic: 'orders', match: 'literal', host: '*' });
    const before = [...kafka.rules];
    await expect(acls.write(await acls.read(signal), 'inbound', epoch(1), signal)).rejects.toMatchObject({
      code: 'SB_ACCESS_OBSTACLE',
      message: expect.stringMatching(/allow write on literal orders to User:\*/),
    });
    expect(kafka.rules).toEqual(before);
    expect(await acls.write(await acls.read(signal), 'none', epoch(1), signal)).toBe('written');
  });
});
