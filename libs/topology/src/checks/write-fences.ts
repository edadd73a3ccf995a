import { clustersAt } from '../lookup.js';
import type { Path } from '../problem.js';
import type { Cluster, Group, Topology } from '../topology.js';
import { repeated, type Check } from './finding.js';

/** A cluster of a group, and where the KafkaUsers that write there stand. */
interface Fenced {
  readonly group: Group;
  readonly site: string;
  readonly cluster: Cluster;
  readonly at: Path;
  readonly names: readonly string[] | undefined;
}

const fencedIn = (topology: Topology): readonly Fenced[] =>
  topology.groups.flatMap((group, index) =>
    group.sites.flatMap((site) =>
      clustersAt(topology, group, site).map((cluster) => {
        const names = new Map(Object.entries(group.kafkaUsers ?? {})).get(site);
        return { group, site, cluster, names, at: ['groups', index, 'kafkaUsers'] };
      }),
    ),
  );

const usersAreNamed: Check = function* (topology) {
  for (const { at, site, cluster, names, group } of fencedIn(topology)) {
    const isByUsers = cluster.writeFence?.by === 'kafka-users';
    if (isByUsers && names === undefined) {
      const expected = `${site}: every KafkaUser of ${cluster.id} that may write to the topics of ${group.id}`;
      yield { at, found: `nothing for ${site}, where ${cluster.id} is fenced by KafkaUsers`, expected };
    }
    if (!isByUsers && names !== undefined) {
      const expected = `no KafkaUsers there, or writeFence.by: kafka-users for ${cluster.id}`;
      yield { at: [...at, site], found: `KafkaUsers, and ${cluster.id} is not fenced by them`, expected };
    }
  }
};

/** An object carries one epoch: that of one group. */
const usersHaveOneGroup: Check = function* (topology) {
  const claims = fencedIn(topology).flatMap(({ at, site, cluster: { writeFence }, names, group }) =>
    writeFence?.by !== 'kafka-users'
      ? []
      : (names ?? []).map((name, index) => ({
          at: [...at, site, index],
          value: `KafkaUser ${writeFence.namespace}/${name} at ${site}`,
          group: group.id,
        })),
  );
  for (const { at, value, first } of repeated(claims)) {
    const owner = claims.find((each) => each.at === first.at)?.group;
    const expected = 'a KafkaUser of its own for every group: it carries one epoch';
    yield { at, found: `${value}, which ${owner} has already`, expected };
  }
};

/** Denied with the group, Signalbox could not count or give back what is stranded. */
const ourUserIsNobodys: Check = function* (topology) {
  for (const {
    at,
    site,
    cluster: { writeFence },
    names,
  } of fencedIn(topology)) {
    if (writeFence?.by !== 'kafka-users' || !names?.includes(writeFence.own)) continue;
    const found = `${writeFence.own}, which is Signalbox itself`;
    yield { at: [...at, site], found, expected: 'the users of clients and of the inbound flow alone' };
  }
};

/** Where whoever has no ACL may do everything, there is always somebody whom no KafkaUser names. */
const usersNeedAnAuthorizer: Check = function* ({ clusters }) {
  for (const [index, { openByDefault, writeFence }] of clusters.entries()) {
    if (!openByDefault || writeFence?.by !== 'kafka-users') continue;
    const expected = 'acl; or openByDefault: false, and allow.everyone.if.no.acl.found=false at the brokers';
    yield {
      at: ['clusters', index, 'writeFence', 'by'],
      found: 'kafka-users on a cluster that is open by default',
      expected,
    };
  }
};

const listenersHaveOneSwitch: Check = function* ({ sites, clusters }) {
  for (const [at, { id, fenceCommand, fencePolicy, witness }] of sites.entries()) {
    if (!fencePolicy) continue;
    const path = ['sites', at, 'fencePolicy'];
    if (fenceCommand) yield { at: path, found: 'a policy beside fenceCommand', expected: 'one of both' };
    if (witness) yield { at: path, found: 'a policy', expected: 'nothing: a witness has no Kafka to fence' };
    for (const [index, { site, adminBootstrap }] of clusters.entries()) {
      if (site !== id || adminBootstrap) continue;
      const expected =
        'listeners that clients do not use, on ports that fencePolicy leaves open: the guard works behind it';
      yield { at: ['clusters', index, 'adminBootstrap'], found: 'nothing, at a site with fencePolicy', expected };
    }
  }
};

export const writeFenceChecks: readonly Check[] = [
  listenersHaveOneSwitch,
  usersAreNamed,
  usersHaveOneGroup,
  ourUserIsNobodys,
  usersNeedAnAuthorizer,
];
