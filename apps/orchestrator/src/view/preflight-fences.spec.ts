import { describe, expect, it } from '@jest/globals';
import { clusterId, siteId } from '#libs/domain';
import { fenceChecks } from './preflight-fences.js';

const [a, b] = [siteId('a'), siteId('b')];

describe('what a fence cannot do', () => {
  const told = (by: 'acl' | 'kafka-users' | 'message-size') =>
    fenceChecks(
      [
        { site: a, cluster: clusterId('kafka-a'), by },
        { site: b, cluster: clusterId('kafka-b'), by: 'acl' },
      ],
      b,
    );

  it('is nothing where ACLs or KafkaUsers tell who writes', () => {
    expect([told('acl'), told('kafka-users')]).toEqual([[], []]);
  });

  it('is told of one by message size, which is called weak and is no fault', () => {
    expect(told('message-size')).toEqual([
      {
        name: 'fence-a',
        ok: true,
        message: expect.stringMatching(/kafka-a .*\(fence: weak\): nothing keeps clients from writing/),
        remedy: '',
      },
    ]);
  });
});
