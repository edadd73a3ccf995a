import { beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, groupId, type WriteAccess } from '#libs/domain';
import { openInMemory } from '#libs/kafka';
import { SystemRandom } from '#libs/runtime';
import { exampleTopology, GuardedSite, SELF } from '../../../../test/support/guarded-site.js';
import { AclWriteAccess } from './acl.write-access.js';
import { LadderWriteAccess } from './ladder.write-access.js';
import { ListenerFence } from './listener-fence.js';
import { WriteProbe } from './write-probe.js';

const topology = await exampleTopology();
const signal = new AbortController().signal;
const ACL_TIMEOUT_MS = 1_000;

describe('the ladder of a write fence', () => {
  let site: GuardedSite;
  let withCommand: LadderWriteAccess;
  let aclsOnly: LadderWriteAccess;

  beforeEach(() => {
    site = new GuardedSite(topology);
    const { clock, kafka, listener } = site;
    const cluster = openInMemory(kafka, SELF);
    const probe = new WriteProbe(cluster.log, new SystemRandom());
    const scope = { group: groupId('orders'), topics: ['orders'], probeTopic: 'signalbox.probe.orders' };
    const acls = new AclWriteAccess({
      scope: { ...scope, inbound: [site.mirror], self: SELF, openByDefault: false },
      rules: cluster.rules,
      probes: { clients: probe, control: probe },
      clock,
    });
    const options = { aclTimeoutMs: ACL_TIMEOUT_MS, requestTimeoutMs: ACL_TIMEOUT_MS, mayLift: () => true };
    withCommand = new LadderWriteAccess(acls, new ListenerFence(listener), clock, options);
    aclsOnly = new LadderWriteAccess(acls, undefined, clock, options);
  });

  async function soon<T>(work: Promise<T>): Promise<T> {
    const settled = work.finally(() => (done = true));
    let done = false;
    settled.catch(() => undefined);
    await site.clock.advanceUntil(() => done, 10_000);
    return settled;
  }
  const write = async (access: LadderWriteAccess, value: WriteAccess, stamp: number) =>
    access.write(await access.read(signal), value, epoch(stamp), signal);

  it('fences by ACL where the broker answers, and leaves the listener alone', async () => {
    expect(await write(withCommand, 'none', 1)).toBe('written');
    expect(site.listener.calls).toEqual([]);
    expect(await withCommand.verify('none', signal)).toMatchObject({
      holds: true,
      observed: { acls: 'none', epoch: 1, write: 'TOPIC_AUTHORIZATION_FAILED' },
    });
  });

  it('closes the listener where the broker does not answer, and reads that back', async () => {
    site.kafka.condition = 'frozen';
    expect(await soon(write(withCommand, 'none', 1))).toBe('written');
    expect(await soon(withCommand.read(signal))).toMatchObject({ value: 'none', epoch: 1 });
    expect(await withCommand.verify('none', signal)).toEqual({
      check: 'listener-closed',
      observed: { status: 'closed', connect: 'no answer', epoch: 1 },
      holds: true,
    });
  });

  it('closes the listener where the broker refuses to change ACLs', async () => {
    site.kafka.refusedLogins.add(SELF);
    expect(await write(withCommand, 'none', 1)).toBe('written');
    expect(site.listener.isOpen).toBe(false);
  });

  it('takes a command that closed nothing for no fence', async () => {
    site.kafka.condition = 'frozen';
    site.listener.works = false;
    await expect(soon(write(withCommand, 'none', 1))).rejects.toMatchObject({ code: 'SB_FENCE_COMMAND' });
    expect(await soon(withCommand.read(signal))).not.toMatchObject({ value: 'none' });
    await expect(soon(withCommand.verify('none', signal))).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });

  it('remembers the epoch it closed the listener under, and refuses an older one', async () => {
    site.kafka.condition = 'frozen';
    await soon(write(withCommand, 'none', 7));
    expect(await soon(write(withCommand, 'none', 6))).toBe('refused');
    site.kafka.condition = 'serving';
    expect(await write(withCommand, 'none', 6)).toBe('refused');
    expect(await write(withCommand, 'none', 7)).toBe('written');
  });

  it('shows a stamp that was lowered from outside, and sets it again under no older epoch', async () => {
    await write(withCommand, 'clients', 2);
    site.lowersStamp(2, 1);
    expect(await withCommand.read(signal)).toMatchObject({ value: 'clients', epoch: 1 });
    expect(await write(withCommand, 'clients', 1)).toBe('refused');
    expect(await write(withCommand, 'clients', 2)).toBe('written');
    expect(await withCommand.read(signal)).toMatchObject({ value: 'clients', epoch: 2 });
  });

  it('tells the listener for whom, and under which epoch, it is closed and opened', async () => {
    site.kafka.condition = 'frozen';
    await soon(write(withCommand, 'none', 7));
    expect(site.listener.lastOrder).toMatchObject({ group: 'orders', epoch: 7 });
    site.kafka.condition = 'serving';
    await write(withCommand, 'clients', 8);
    expect(site.listener.lastOrder).toMatchObject({ group: 'orders', epoch: 8 });
  });

  it('opens the listener for clients once a write behind it was accepted', async () => {
    site.kafka.condition = 'frozen';
    await soon(write(withCommand, 'none', 7));
    site.kafka.condition = 'serving';
    expect(await write(withCommand, 'clients', 8)).toBe('written');
    expect(site.listener.isOpen).toBe(true);
    expect(await withCommand.verify('clients', signal)).toMatchObject({ holds: true });
  });

  it('cannot give a standing fence to a broker that does not answer', async () => {
    site.kafka.condition = 'frozen';
    expect(await soon(write(withCommand, 'inbound', 1))).toBe('unknown');
    expect(site.listener.calls).toEqual([]);
  });

  it('says that nobody was reached where the site provides no command', async () => {
    site.kafka.condition = 'frozen';
    await expect(soon(aclsOnly.read(signal))).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });
});
