import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Images } from '../lab/kubernetes/node/images.js';
import type { KubernetesSite } from '../lab/kubernetes/node/kubernetes-site.js';
import { CLAIM, EtcdMembers } from './etcd-members.js';
import { MEMBER_SITES, type MemberSite } from './member-values.js';
import { describeOnNode, startSite } from './node-ground.js';

const SERIALIZABLE = '/health?serializable=true';
/** How a member is told that its disk is full; it takes reads only then. */
const NOSPACE = { alarm: 'NOSPACE' };
const ALARM = '/v3/maintenance/alarm';

describeOnNode('a journal whose members are releases of the chart', () => {
  let images: Images;
  let site: KubernetesSite;
  let members: EtcdMembers;

  beforeAll(async () => {
    images = Images.open();
    site = await startSite('a', images.ofNode());
    await site.load(images.etcd());
    members = await EtcdMembers.prepare(site);
    await Promise.all([
      members.release('install', 'a'),
      members.release('install', 'b', 'etcd.tlsSecret=forgotten'),
      members.release('install', 'w', 'topology.installation=another'),
    ]);
    await members.started('a');
  });

  afterAll(async () => {
    await members?.end();
    await site?.stop();
    images?.remove();
  });

  /** As Signalbox does it, through one member alone. */
  const write = async (at: MemberSite, value: string) =>
    (await members.journal(at)).commit({ conditions: [], changes: [{ kind: 'put', key: '/signalbox/try', value }] });
  const read = async (at: MemberSite) => (await (await members.journal(at)).read('/signalbox/try')).entries[0]?.value;
  const writes = (at: MemberSite, value: string) =>
    members.until(`${at} takes a write`, async () => expect(await write(at, value)).toMatchObject({ committed: true }));
  const reads = (at: MemberSite, value: string) =>
    members.until(`${at} reads ${value}`, async () => expect(await read(at)).toBe(value));
  /** Of its own disk, whatever the others say. */
  const keeps = async (at: MemberSite) => {
    const key = Buffer.from('/signalbox/try').toString('base64');
    const { kvs } = await members.ask<{ kvs?: { value: string }[] }>(at, '/v3/kv/range', { key, serializable: true });
    return Buffer.from(kvs?.[0]?.value ?? '', 'base64').toString();
  };

  /** Of w, which is away then. */
  const anotherDisk = async () => {
    await members.delete('w', 'member');
    await members.delete('w', 'claim');
    await members.addVolume('w');
  };

  describe('a member with values that were wrong', () => {
    it('comes up once they are right: an upgrade replaces a pod that never was', async () => {
      const before = await members.pod('b');
      expect(before.status.containerStatuses?.[0]).toMatchObject({ started: false });
      await members.release('upgrade', 'b');
      await members.started('b', before);
      await writes('a', 'by two');
      await reads('b', 'by two');
    });

    it('stays outside when it is of another installation, and joins with an empty disk as one of ours', async () => {
      await members.started('w');
      await members.until('w is told', async () => expect(await members.log('w')).toContain('cluster ID mismatch'));
      expect(await members.health('w', SERIALIZABLE)).toBe(200);
      expect(await members.health('w', '/health')).toBe(503);
      await anotherDisk();
      await members.release('upgrade', 'w');
      await members.started('w');
      await reads('w', 'by two');
    });
  });

  it('is one cluster: what is written through one is read at another', async () => {
    for (const each of MEMBER_SITES) await writes(each, `through ${each}`);
    const lists = await Promise.all(MEMBER_SITES.map((each) => members.list(each)));
    for (const list of lists) {
      expect(list.header.cluster_id).toBe(lists[0]?.header.cluster_id);
      expect(list.members.map(({ name }) => name).toSorted()).toEqual(MEMBER_SITES);
    }
    for (const each of MEMBER_SITES) await reads(each, 'through w');
  });

  it('answers nobody without a certificate of its authority, and talks to members as to members only', async () => {
    for (const who of ['nobody', 'stranger'] as const) {
      await expect(members.ask('a', '/v3/cluster/member/list', {}, who)).rejects.toThrow(/fetch failed/);
      await expect(members.askAsPeer('a', who)).rejects.toThrow(/fetch failed/);
    }
    await expect(members.askAsPeer('a', 'client')).rejects.toThrow(/fetch failed/);
    expect(await members.askAsPeer('a', 'member')).toContain('"name":"b"');
  });

  it('has the pod back that was deleted, as the same member with its data, also under an alarm', async () => {
    await writes('b', 'before');
    const [pod, { header }] = [await members.pod('a'), await members.list('a')];
    await members.ask('a', ALARM, { action: 'ACTIVATE', memberID: header.member_id, ...NOSPACE });
    await members.delete('a', 'pod');
    await members.started('a', pod);
    await reads('a', 'before');
    expect((await members.list('a')).header).toMatchObject({ member_id: header.member_id });
    expect(await members.alive('a')).toBe(200);
    // It is not ready, and is to be reached all the same.
    await members.until('a is not ready', async () => expect((await members.container('a'))?.ready).toBe(false));
    await reads('a', 'before');
    await members.ask('b', ALARM, { action: 'DEACTIVATE', memberID: header.member_id, ...NOSPACE });
    await writes('a', 'after');
  });

  it('takes no write while two are away, and the third is left alone; when they return it goes on', async () => {
    await Promise.all([members.scale('a', 0), members.scale('b', 0)]);
    await expect(write('w', 'by one')).rejects.toMatchObject({ code: 'SB_OUTCOME_UNKNOWN' });
    expect(await members.health('w', '/health')).toBe(503);
    expect(await members.health('w', SERIALIZABLE)).toBe(200);
    expect(await members.alive('w')).toBe(200);
    expect(await members.container('w')).toMatchObject({ ready: true, restartCount: 0 });
    await Promise.all([members.scale('a', 1), members.scale('b', 1)]);
    await writes('w', 'by three');
    await reads('a', 'by three');
  });

  it('is upgraded one member at a time, and goes on meanwhile', async () => {
    const [pod, { header }] = [await members.pod('b'), await members.list('b')];
    await members.release('upgrade', 'b', 'pods.annotations.changed=yes');
    await writes('a', 'meanwhile');
    await members.started('b', pod);
    await reads('b', 'meanwhile');
    expect((await members.list('b')).header).toEqual(expect.objectContaining({ member_id: header.member_id }));
  });

  it('outlives an uninstall: the claim stays, and the next install is the same member', async () => {
    const { header } = await members.list('b');
    await members.helm('b', ['uninstall', 'signalbox', '--wait']);
    await members.gone('b', 'pods/signalbox-etcd-0');
    expect(JSON.parse(await members.get('b', `persistentvolumeclaims/${CLAIM}`))).toMatchObject({
      status: { phase: 'Bound' },
    });
    await members.release('install', 'b');
    await members.started('b');
    await members.until('b has what it had', async () => expect(await keeps('b')).toBe('meanwhile'));
    await reads('b', 'meanwhile');
    expect((await members.list('b')).header).toMatchObject({ member_id: header.member_id });
  });

  describe('a member that lost its disk', () => {
    it('does not come back without what it has promised', async () => {
      await anotherDisk();
      await members.release('upgrade', 'w');
      await members.until('w says why it does not start', async () =>
        expect(await members.log('w')).toContain('has already been bootstrapped'),
      );
      await writes('a', 'without w');
    });

    it('comes back as another member, added in its place', async () => {
      const lost = (await members.list('a')).members.find(({ name }) => name === 'w')!;
      await anotherDisk();
      // Refused as long as one of the two others is back for less than some seconds.
      const change = (path: string, body: object) => members.until(path, () => members.ask('a', path, body));
      await change('/v3/cluster/member/remove', { ID: lost.ID });
      await change('/v3/cluster/member/add', { peerURLs: lost.peerURLs });
      await members.release('upgrade', 'w', 'etcd.clusterState=existing');
      await members.started('w');
      await reads('w', 'without w');
      expect(await keeps('w')).toBe('without w');
      await writes('w', 'as ever');
      const { header, members: all } = await members.list('w');
      expect(all.map(({ name }) => name).toSorted()).toEqual(MEMBER_SITES);
      expect(header.member_id).not.toBe(lost.ID);
    });
  });
});
