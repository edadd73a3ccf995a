import { describe } from '@jest/globals';
import { refuses, type Loose } from '../../../../test/support/broken-topology.js';

const overTls = (document: Loose): void => {
  const { members } = document.journal;
  for (const site of Object.keys(members)) members[site] = members[site].replace('http:', 'https:');
};

describe('the check of the journal', () => {
  refuses([
    [
      'one member without TLS',
      (d) => {
        overTls(d);
        d.journal.members.w = 'http://etcd.w.example:2379';
      },
      'journal.members.w',
      'http://etcd.w.example:2379',
      'https://, as the other members have it',
    ],
    [
      'a password in clear text',
      (d) => void (d.journal.login = { user: 'signalbox', password: { file: '/run/secrets/etcd/password' } }),
      'journal.login',
      'a password for http://etcd.a.example:2379',
      'members at https://',
    ],
    [
      'certificates that nobody asks for',
      (d) => void (d.journal.tls = { ca: { file: '/run/secrets/etcd/ca.pem' } }),
      'journal.tls',
      'TLS for http://etcd.a.example:2379',
      'members at https://, or no journal.tls',
    ],
    [
      'a certificate without its key',
      (d) => {
        overTls(d);
        d.journal.tls = { certificate: { file: '/run/secrets/etcd/client.pem' } };
      },
      'journal.tls',
      'a certificate alone',
      'key: { file:',
    ],
  ]);
});
