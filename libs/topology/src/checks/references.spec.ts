import { describe } from '@jest/globals';
import { refuses } from '../../../../test/support/broken-topology.js';

describe('the check of names and references', () => {
  refuses([
    [
      'a repeated id',
      (d) => void (d.flows[1].id = 'a-to-b'),
      'flows[1].id',
      'a-to-b, which is also at flows[0].id',
      'another id',
    ],
    [
      'two channels of one id',
      (d) => void (d.channels[1].id = d.channels[0].id),
      'channels[1].id',
      'chat, which is also at channels[0].id',
      'another id',
    ],
    [
      'a shared Redis',
      (d) => void (d.sites[1].redis = d.sites[0].redis),
      'sites[1].redis',
      'redis://',
      'a Redis of its own',
    ],
    [
      'a shared key',
      (d) => void (d.sites[1].signing.publicKey = d.sites[0].signing.publicKey),
      'sites[1].signing.publicKey',
      'which is also at',
      'a key of its own',
    ],
    [
      'a shared broker',
      (d) => void (d.clusters[1].bootstrap = d.clusters[0].bootstrap),
      'clusters[1].bootstrap',
      'kafka.a.example:9092',
      'brokers of one cluster only',
    ],
    [
      'the hash of an empty token',
      (d) => void (d.api.tokens[0].sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
      'api.tokens[0].sha256',
      'the hash of an empty text',
      'the hash of a token',
    ],
    [
      'one anchor twice',
      (d) => void (d.sites[0].anchors = ['x:1', 'x:1']),
      'sites[0].anchors',
      'only x:1',
      'at least two different',
    ],
    [
      'a cluster in no site',
      (d) => void (d.clusters[0].site = 'z'),
      'clusters[0].site',
      'z, which is no site',
      'one of the sites: a, b, w',
    ],
    [
      'a flow from no cluster',
      (d) => void (d.flows[0].source = 'kafka-z'),
      'flows[0].source',
      'kafka-z, which is no cluster',
      'one of the clusters: kafka-a, kafka-b',
    ],
    [
      'addresses of no site',
      (d) => void (d.groups[0].traffic[0].addresses.z = ['192.0.2.1']),
      'groups[0].traffic[0].addresses.z',
      'z, which is no site',
      'one of the sites',
    ],
    [
      'a journal member in no site',
      (d) => void (d.journal.members.z = 'http://z:2379'),
      'journal.members.z',
      'z, which is no site',
      'one of the sites',
    ],
    [
      'a witness with Kafka',
      (d) => void (d.clusters[1].site = 'w'),
      'clusters[1].site',
      'w, which is a witness',
      'a site that can serve',
    ],
    [
      'a witness with Redis',
      (d) => void (d.sites[2].redis = 'redis://w:6379'),
      'sites[2].redis',
      'redis://w:6379',
      'nothing: a witness has no workers',
    ],
    ['a site without Redis', (d) => void delete d.sites[0].redis, 'sites[0].redis', 'nothing', "the site's own Redis"],
  ]);
});
