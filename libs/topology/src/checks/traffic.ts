import { destinationsOf } from '#libs/domain';
import { TARGET_SETTINGS, targetSettingsOf, targetsOf } from '../traffic.js';
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

const oneSettingSaysWhere: Check = function* ({ groups }) {
  for (const [at, { traffic }] of groups.entries()) {
    for (const [index, each] of traffic.entries()) {
      const settings = targetSettingsOf(each);
      if (settings.length === 1) continue;
      const found = settings.length === 0 ? 'none of them' : settings.join(' and ');
      const expected = `one of ${TARGET_SETTINGS.join(', ')} for ${each.name}: a name points at one kind of thing`;
      yield { at: ['groups', at, 'traffic', index], found, expected };
    }
  }
};

const aliasesAreOfRoute53: Check = function* ({ groups }) {
  for (const [at, { traffic }] of groups.entries()) {
    for (const [index, { aliases, provider }] of traffic.entries()) {
      if (aliases === undefined || provider.kind === 'route53') continue;
      const expected = 'addresses, canonicalNames or services: only Route 53 resolves an alias itself';
      yield { at: ['groups', at, 'traffic', index, 'aliases'], found: `aliases at ${provider.kind}`, expected };
    }
  }
};

const everySiteHasTargets: Check = function* ({ groups }) {
  for (const [at, { sites, traffic }] of groups.entries()) {
    for (const [index, each] of traffic.entries()) {
      const targets = targetsOf(each);
      const path = ['groups', at, 'traffic', index, targetSettingsOf(each)[0] ?? 'addresses'];
      for (const site of sites.filter((one) => !(one in targets)))
        yield {
          at: path,
          found: listed(Object.keys(targets)),
          expected: `what ${each.name} points at while ${site} is active, too`,
        };
      const shared = repeated(
        Object.entries(targets).flatMap(([site, target]) =>
          [...new Set(destinationsOf(target))].map((value) => ({ at: [...path, site], value })),
        ),
      );
      for (const { at: where, value } of shared) {
        const expected = "what is only this site's: a switch between equal ones moves nobody";
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
  oneSettingSaysWhere,
  aliasesAreOfRoute53,
  everySiteHasTargets,
  plannedTtlsAreLower,
  affixesAreOneOfTwo,
];
