import { sitesOfConfig } from '../config.js';
import type { Path } from '../problem.js';
import type { Topology } from '../topology.js';
import { targetSettingsOf, type DnsTrafficBy } from '../traffic.js';
import { listed, type Check, type Named } from './finding.js';

type Rfc2136 = DnsTrafficBy<'rfc2136'>['provider'];

const siteReferences = ({ journal, clusters, groups }: Topology): readonly Named[] => [
  ...Object.keys(journal.members).map((value) => named(['journal', 'members', value], value)),
  ...clusters.map(({ site }, at) => named(['clusters', at, 'site'], site)),
  ...groups.flatMap(({ home, sites, traffic, configs }, at) => [
    named(['groups', at, 'home'], home),
    ...sites.map((site, index) => named(['groups', at, 'sites', index], site)),
    ...traffic.flatMap((each, index) => {
      const { provider } = each;
      const path = ['groups', at, 'traffic', index];
      return [
        ...targetSettingsOf(each).flatMap((setting) =>
          Object.keys(each[setting] ?? {}).map((site) => named([...path, setting, site], site)),
        ),
        ...(provider.kind === 'rfc2136' ? serverSites(provider, [...path, 'provider']) : []),
      ];
    }),
    ...configs.flatMap((config, index) => {
      const path = ['groups', at, 'configs', index];
      const place = config.target.kind === 'directory' ? 'files' : 'sites';
      return [
        ...sitesOfConfig(config).map((site) => named([...path, 'target', place, site], site)),
        ...Object.keys(config.data).map((site) => named([...path, 'data', site], site)),
      ];
    }),
  ]),
];

const serverSites = (provider: Rfc2136, path: Path): readonly Named[] => [
  ...Object.keys(provider.secondaries).map((site) => named([...path, 'secondaries', site], site)),
  named([...path, 'primarySite'], provider.primarySite),
  ...provider.otherPrimaries.map(({ site }, other) => named([...path, 'otherPrimaries', other, 'site'], site)),
];

const clusterReferences = ({ flows }: Topology): readonly Named[] =>
  flows.flatMap(({ source, target }, at) => [
    named(['flows', at, 'source'], source),
    named(['flows', at, 'target'], target),
  ]);

const groupReferences = ({ api }: Topology): readonly Named[] => {
  const inGrants = (path: Path, grants: readonly { readonly groups?: readonly string[] | undefined }[]) =>
    grants.flatMap(({ groups = [] }, at) => groups.map((value, index) => named([...path, at, 'groups', index], value)));
  return [...inGrants(['api', 'tokens'], api.tokens), ...inGrants(['api', 'oidc', 'grants'], api.oidc?.grants ?? [])];
};

const named = (at: Path, value: string): Named => ({ at, value });

const known = (
  kind: string,
  known: (topology: Topology) => readonly string[],
  references: (topology: Topology) => readonly Named[],
): Check =>
  function* (topology) {
    const ids = known(topology);
    for (const { at, value } of references(topology)) {
      if (ids.includes(value)) continue;
      yield { at, found: `${value}, which is no ${kind}`, expected: `one of the ${kind}s: ${listed(ids)}` };
    }
  };

const witnessesServeNothing: Check = function* ({ sites, clusters, groups }) {
  const witnesses: readonly string[] = sites.filter(({ witness }) => witness).map(({ id }) => id);
  const found = (site: string) => `${site}, which is a witness`;
  const expected = 'a site that can serve; a witness has no Kafka';
  for (const [at, { site }] of clusters.entries()) {
    if (witnesses.includes(site)) yield { at: ['clusters', at, 'site'], found: found(site), expected };
  }
  for (const [at, group] of groups.entries()) {
    for (const [index, site] of group.sites.entries()) {
      if (witnesses.includes(site)) yield { at: ['groups', at, 'sites', index], found: found(site), expected };
    }
  }
};

const workersHaveAQueue: Check = function* ({ sites }) {
  for (const [at, { witness, redis, fenceCommand }] of sites.entries()) {
    if (witness && redis !== undefined) {
      yield { at: ['sites', at, 'redis'], found: redis, expected: 'nothing: a witness has no workers' };
    }
    if (witness && fenceCommand) {
      yield {
        at: ['sites', at, 'fenceCommand'],
        found: 'commands',
        expected: 'nothing: a witness has no Kafka to fence',
      };
    }
    if (!witness && redis === undefined) {
      yield {
        at: ['sites', at, 'redis'],
        found: 'nothing',
        expected: "the site's own Redis, like redis://10.1.0.5:6379",
      };
    }
  }
};

export const referenceChecks: readonly Check[] = [
  known('site', ({ sites }) => sites.map(({ id }) => id), siteReferences),
  known('cluster', ({ clusters }) => clusters.map(({ id }) => id), clusterReferences),
  known('group', ({ groups }) => groups.map(({ id }) => id), groupReferences),
  witnessesServeNothing,
  workersHaveAQueue,
];
