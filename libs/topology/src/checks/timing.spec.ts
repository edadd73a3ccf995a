import { describe } from '@jest/globals';
import { refuses } from '../../../../test/support/broken-topology.js';

describe('the check of timing', () => {
  refuses([
    ['down before suspect', (d) => void (d.policy.downAfterRounds = 3), 'policy.downAfterRounds', '3', 'at least 4'],
    [
      'a long dwell below the short one',
      (d) => void (d.policy.dwellShortMs = 90_001),
      'policy.dwellLongMs',
      '90000',
      'at least 90001',
    ],
    [
      'a cool-down within the dwell',
      (d) => void (d.groups[0].policy.coolDownMs = 90_000),
      'groups[0].policy.coolDownMs',
      '90000',
      'at least 90001',
    ],
    [
      'a vote that ends before it is renewed',
      (d) => void (d.policy.voteTtlMs = 3_600),
      'policy.voteTtlMs',
      '3600',
      'at least 3601',
    ],
    [
      'a vote that outlives the dwell',
      (d) => void (d.policy.voteTtlMs = 90_001),
      'policy.voteTtlMs',
      '90001',
      'at most 90000',
    ],
    [
      'a leader whose lease ends while it asks for the second time',
      (d) => void (d.policy.leaderTtlMs = 6_999),
      'policy.leaderTtlMs',
      '6999',
      'at least 7000',
    ],
    [
      'a leader that outlives the dwell',
      (d) => void (d.policy.leaderTtlMs = 90_001),
      'policy.leaderTtlMs',
      '90001',
      'at most 90000',
    ],
    [
      'a guard that renews too rarely',
      (d) => void (d.policy.guardRenewMs = 10_001),
      'policy.guardRenewMs',
      '10001',
      'at most 10000',
    ],
    [
      'a step that ends before Route 53 is in sync',
      (d) => {
        d.groups[0].traffic[0].provider = { kind: 'route53', hostedZoneId: 'Z1' };
        d.policy.rtoGoalMs = 600_000;
      },
      'policy.stepTimeoutMs',
      '5000',
      'at least 75000',
    ],
    [
      "a step that ends before Strimzi's operator has looked twice",
      (d) => {
        const positions = { listed: 'listed', altered: 'altered' };
        const driver = { kind: 'strimzi', namespace: 'kafka', connect: 'http://mm2:8083', mirrorMaker: 'mm2' };
        d.flows[1].driver = { ...driver, positions };
      },
      'policy.stepTimeoutMs',
      '5000',
      'at least 30000: flow b-to-a of group orders',
    ],
    [
      'a dwell that ends before the self-fence',
      (d) => void (d.policy.selfFenceMs = 80_001),
      'policy.dwellLongMs',
      '90000',
      'at least 90002',
    ],
    [
      'an RTO that cannot be met',
      (d) => void (d.groups[0].traffic[0].ttlSeconds = 60),
      'policy.rtoGoalMs',
      '120000 for group orders',
      '60000 ms DNS time to live + 5000 ms clients = 167600 ms',
    ],
  ]);
});
