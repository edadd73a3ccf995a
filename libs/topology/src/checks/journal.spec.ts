import { describe } from '@jest/globals';
import { refuses, type Loose } from '../../../../test/support/broken-topology.js';

const overTls = (document: Loose): void => {
  for (const addresses of [document.journal.members, document.journal.otherWays]) {
    for (const site of Object.keys(addresses)) addresses[site] = addresses[site].replace('http:', 'https:');
  }
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
      'another way without TLS',
      (d) => {
        overTls(d);
        d.journal.otherWays = { w: 'http://etcd.w.second.example:2379' };
      },
      'journal.otherWays.w',
      'http://etcd.w.second.example:2379',
      'https://, as the other members have it',
    ],
    [
      'another way to a site without a member',
      (d) => void (d.journal.otherWays = { x: 'http://etcd.x.second.example:2379' }),
      'journal.otherWays.x',
      'x, which has no member',
      'one of: a, b, w',
    ],
    [
      'another way that is the same way',
      (d) => void (d.journal.otherWays = { w: 'http://etcd.w.example:2379' }),
      'journal.otherWays.w',
      'http://etcd.w.example:2379, which stands in members',
      'an address over another path',
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
