import { describe, expect, it } from '@jest/globals';
import { findHelm, helm, render } from './helm.js';
import { podOf } from './restricted.js';

const MISTAKES = {
  site: 'Site A',
  logLevel: 'loud',
  apps: { 'site-guard': { replicas: 2 } },
  etcd: { mode: 'cluster' },
  topology: { policy: { dwellShortMs: 'a minute' } },
};

const refusal = (sets: readonly string[], values: object): string => {
  const { code, said } = helm('template', sets, values);
  expect(code).not.toBe(0);
  return said;
};

(findHelm() ? describe : describe.skip)('values that cannot be used', () => {
  it('have five mistakes and get five errors, each with its path', () => {
    const said = refusal(['site-a'], MISTAKES);
    const lines = said.split('\n').filter((line) => /^\s*- at '/.test(line));
    expect(lines).toHaveLength(5);
    for (const path of [
      '/site',
      '/logLevel',
      '/apps/site-guard/replicas',
      '/etcd/mode',
      '/topology/policy/dwellShortMs',
    ])
      expect(said).toContain(`at '${path}'`);
  });

  it('miss what is required', () => {
    const said = refusal([], {});
    expect(said).toContain("missing property 'site'");
  });

  it('have a secret where a reference belongs, and it is not repeated', () => {
    const journal = { login: { user: 'signalbox', password: 'hunter2' } };
    const said = refusal(['site-a'], { topology: { journal } });
    expect(said).toContain('/topology/journal/login/password');
    expect(said).not.toContain('hunter2');
  });

  it.each([
    ['another site', { site: 'c' }, /site: found c; write one of topology\.sites: a, b, w/],
    [
      'no Secret for a folder',
      { secretFolders: { '/run/secrets/tsig': null, '/run/secrets/signing': null } },
      /\/run\/secrets\/signing[^]*\/run\/secrets\/tsig/,
    ],
    [
      'a trial journal for a group that acts by itself',
      { etcd: { mode: 'evaluation' } },
      /found evaluation, and group orders/,
    ],
    [
      'a member without peers, TLS and its own address',
      { etcd: { mode: 'member' } },
      /etcd\.peers: found 0[^]*etcd\.peers: found no a[^]*etcd\.tlsSecret: found nothing[^]*write https:/,
    ],
    [
      'members that would answer none of our processes',
      { etcd: { mode: 'member' } },
      /topology\.journal\.tls: found no certificate; write ca, certificate and key/,
    ],
    [
      'a Redis that nobody is led to',
      { redis: { bundled: true } },
      /redis of a: found redis:\/\/redis\.a\.example:6379; write/,
    ],
  ])('have %s', (_, values, said) => expect(refusal(['site-a'], values)).toMatch(said));

  it('have a member of the journal that no process is told of', () =>
    expect(refusal(['evaluation'], { site: 'b' })).toMatch(/topology\.journal\.members: found no b; write where/));

  it('name less than three peers, which is right only when a journal is rebuilt from one of them', () => {
    const peers = { a: 'https://etcd.a.example:2380', w: 'https://etcd.w.example:2380' };
    const said = (clusterState: string) => refusal(['site-a'], { etcd: { mode: 'member', clusterState, peers } });
    expect(said('new')).toContain('etcd.peers: found 2');
    expect(said('existing')).not.toContain('etcd.peers');
  });

  it('may be right in a way that Helm changes: long numbers stay numbers', () => {
    const text = JSON.stringify(render(['site-a'], { topology: { policy: { approvalTtlMs: 2_147_483_647 } } }));
    expect(text).toMatch(/approvalTtlMs: 2147483647|approvalTtlMs: 2\.147483647e\+09/);
  });

  it('start every process anew when the topology changed, and none when it did not', () => {
    const hashes = (values: object) =>
      render(['site-a'], values)
        .filter(podOf)
        .map((each) => JSON.stringify(each).match(/topology-hash":"(\w+)/)?.[1]);
    expect(hashes({})).toEqual(hashes({ logLevel: 'info' }));
    expect(hashes({})).not.toEqual(hashes({ topology: { installation: 'another' } }));
  });
});
