import { listed, repeated, type Check } from './finding.js';

const namesAreInTheirZone: Check = function* ({ groups }) {
  for (const [at, { traffic }] of groups.entries()) {
    for (const [index, { name, zone }] of traffic.entries()) {
      if (name.endsWith(`.${zone}`)) continue;
      yield { at: ['groups', at, 'traffic', index, 'name'], found: name, expected: `a name in the zone ${zone}` };
    }
  }
};

const namesBelongToOneGroup: Check = function* ({ groups }) {
  const names = groups.flatMap(({ traffic }, at) =>
    traffic.map(({ name }, index) => ({ at: ['groups', at, 'traffic', index, 'name'], value: name })),
  );
  for (const { at, value } of repeated(names)) {
    yield {
      at,
      found: `${value}, which stands here twice`,
      expected: 'every name in one group, once: its epoch is the fence',
    };
  }
};

const everySiteHasAddresses: Check = function* ({ groups }) {
  for (const [at, { sites, traffic }] of groups.entries()) {
    for (const [index, { addresses, name }] of traffic.entries()) {
      const path = ['groups', at, 'traffic', index, 'addresses'];
      for (const site of sites.filter((each) => !(each in addresses))) {
        yield { at: path, found: listed(Object.keys(addresses)), expected: `the addresses of ${name} at ${site}, too` };
      }
      const shared = repeated(
        Object.entries(addresses).flatMap(([site, list]) =>
          [...new Set(list)].map((value) => ({ at: [...path, site], value })),
        ),
      );
      for (const { at: where, value } of shared) {
        const expected = 'addresses of this site only: a switch between equal ones moves nobody';
        yield { at: where, found: `${value}, which another site has too`, expected };
      }
    }
  }
};

const plannedTtlsAreLower: Check = function* ({ groups }) {
  for (const [at, { traffic }] of groups.entries()) {
    for (const [index, { name, ttlSeconds, plannedTtlSeconds }] of traffic.entries()) {
      if (plannedTtlSeconds === undefined || plannedTtlSeconds < ttlSeconds) continue;
      yield {
        at: ['groups', at, 'traffic', index, 'plannedTtlSeconds'],
        found: String(plannedTtlSeconds),
        expected: `less than ttlSeconds of ${name}, which is ${ttlSeconds}; without it a planned move leaves the TTL alone`,
      };
    }
  }
};

const affixesAreOneOfTwo: Check = function* ({ groups }) {
  for (const [at, { traffic }] of groups.entries()) {
    for (const [index, { externalDns }] of traffic.entries()) {
      for (const [each, { prefix, suffix }] of externalDns.entries()) {
        if ((prefix === undefined) !== (suffix === undefined)) continue;
        yield {
          at: ['groups', at, 'traffic', index, 'externalDns', each],
          found: prefix === undefined ? 'neither prefix nor suffix' : 'prefix and suffix',
          expected: 'one of the two, as external-dns takes only one',
        };
      }
    }
  }
};

export const trafficChecks: readonly Check[] = [
  namesAreInTheirZone,
  namesBelongToOneGroup,
  everySiteHasAddresses,
  plannedTtlsAreLower,
  affixesAreOneOfTwo,
];
