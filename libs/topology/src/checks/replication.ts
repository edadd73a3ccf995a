import { strimziObjectsOf } from '../flow.js';
import { flowsOf } from '../lookup.js';
import { overlapOf } from '../topics.js';
import type { Cluster, Flow, Topology } from '../topology.js';
import { listed, repeated, type Check } from './finding.js';

const clusterOfFlow = ({ clusters }: Topology, id: Flow['source']): Cluster | undefined =>
  clusters.find((cluster) => cluster.id === id);

const flowsCrossSites: Check = function* (topology) {
  for (const [at, { source, target }] of topology.flows.entries()) {
    const [from, to] = [clusterOfFlow(topology, source), clusterOfFlow(topology, target)];
    if (!from || !to || from.site !== to.site) continue;
    yield {
      at: ['flows', at, 'target'],
      found: `${target}, in the site of the source`,
      expected: 'a cluster of another site',
    };
  }
};

const connectorsHaveWorkers: Check = function* (topology) {
  for (const [at, { target, driver }] of topology.flows.entries()) {
    const cluster = clusterOfFlow(topology, target);
    if (!cluster || cluster.connect !== undefined || driver.kind !== 'connect') continue;
    const found = `${target}, which has no Connect workers`;
    const expected = `a cluster with connect: connect for ${target}; or another driver.kind`;
    yield { at: ['flows', at, 'target'], found, expected };
  }
};

const connectorsDiffer: Check = function* (topology) {
  const names = topology.flows.flatMap(({ target, driver }, at) => {
    if (driver.kind !== 'connect') return [];
    const workers = clusterOfFlow(topology, target)?.connect ?? target;
    return (['source', 'checkpoint'] as const).map((role) => ({
      at: ['flows', at, 'driver', role],
      value: `${driver[role]} at ${workers}`,
    }));
  });
  for (const { at, value } of repeated(names)) {
    yield { at, found: `${value}, which another connector has too`, expected: 'a connector name of its own' };
  }
};

const mirrorMakersHaveOneForm: Check = function* ({ flows }) {
  for (const [at, { driver }] of flows.entries()) {
    if (driver.kind !== 'strimzi' || (driver.mirrorMaker === undefined) !== (driver.connectors === undefined)) continue;
    yield {
      at: ['flows', at, 'driver'],
      found: driver.connectors ? 'mirrorMaker and connectors' : 'neither mirrorMaker nor connectors',
      expected:
        'one of the two: mirrorMaker where a KafkaMirrorMaker2 runs the flow, connectors where KafkaConnectors do',
    };
  }
};

/** A resource carries one epoch and one direction; a ConfigMap of positions belongs to one of them. */
const mirrorMakersDiffer: Check = function* (topology) {
  const names = topology.flows.flatMap(({ target, driver }, at) => {
    if (driver.kind !== 'strimzi') return [];
    const { namespace, positions } = driver;
    const site = clusterOfFlow(topology, target)?.site ?? target;
    const named = (path: readonly string[], kind: string, name: string) => ({
      at: ['flows', at, 'driver', ...path],
      value: `${kind} ${namespace}/${name} at ${site}`,
    });
    return [
      ...strimziObjectsOf(driver).map((object) => named(object.at, object.kind, object.name)),
      named(['positions', 'listed'], 'ConfigMap', positions.listed),
      named(['positions', 'altered'], 'ConfigMap', positions.altered),
    ];
  });
  for (const { at, value } of repeated(names)) {
    yield { at, found: `${value}, which stands here twice`, expected: 'one of its own for every direction' };
  }
};

/** A file carries one epoch and one direction: who replaces it for one flow would take back what was set for another. */
const filesDiffer: Check = function* (topology) {
  const files = topology.flows.flatMap(({ target, driver }, at) => {
    if (driver.kind !== 'dedicated') return [];
    const site = clusterOfFlow(topology, target)?.site ?? target;
    return [{ at: ['flows', at, 'driver', 'file'], value: `${driver.file} at ${site}` }];
  });
  for (const { at, value } of repeated(files)) {
    yield { at, found: `${value}, which another flow has too`, expected: 'a file of its own for every direction' };
  }
};

/** Promotion denies the inbound principal: one shared by both directions would stop the outbound mirror too. */
const principalsDiffer: Check = function* (topology) {
  const { flows } = topology;
  for (const [at, flow] of flows.entries()) {
    const other = flows.slice(0, at).find((each) => each.principal === flow.principal && each.target !== flow.target);
    const path = ['flows', at, 'principal'];
    if (other) {
      const found = `${flow.principal}, which flow ${other.id} has too`;
      yield {
        at: path,
        found,
        expected: 'a principal of its own per direction: it is denied when its target is promoted',
      };
    }
    const ours = clusterOfFlow(topology, flow.target)?.sasl?.username;
    if (flow.principal === `User:${ours}`) {
      yield { at: path, found: `${flow.principal}, which is Signalbox itself`, expected: 'a principal of its own' };
    }
  }
};

const nothingIsCopiedTwice: Check = function* ({ flows }) {
  for (const [at, flow] of flows.entries()) {
    for (const other of flows.slice(0, at)) {
      const topic = overlapOf(flow.topics, other.topics);
      if (topic === undefined || other.source !== flow.source || other.target !== flow.target) continue;
      const found = `${topic}, which flow ${other.id} copies the same way`;
      yield { at: ['flows', at, 'topics'], found, expected: 'topics that no other flow copies to the same cluster' };
    }
  }
};

/** Under the identity policy a record that is copied back looks new: both directions at once copy it for ever. */
const nothingRunsInCircles: Check = function* (topology) {
  const { flows, groups } = topology;
  for (const [at, flow] of flows.entries()) {
    for (const back of flows.slice(0, at)) {
      const opposite = back.source === flow.target && back.target === flow.source;
      const topic = overlapOf(flow.topics, back.topics);
      if (!opposite || topic === undefined || flow.policy !== 'identity' || back.policy !== 'identity') continue;
      const governed = groups.some((group) => {
        const own = flowsOf(topology, group);
        return own.includes(flow) && own.includes(back);
      });
      if (governed) continue;
      const found = `${topic}, which flow ${back.id} copies the other way under the identity policy`;
      const expected = 'topics of one group, which keeps one direction stopped; or policy: default';
      yield { at: ['flows', at, 'topics'], found, expected };
    }
  }
};

const everyGroupIsReplicated: Check = function* (topology) {
  for (const [at, group] of topology.groups.entries()) {
    for (const site of group.sites.filter((each) => each !== group.home)) {
      const between = (from: string, to: string) =>
        flowsOf(topology, group).filter(
          ({ source, target }) =>
            clusterOfFlow(topology, source)?.site === from && clusterOfFlow(topology, target)?.site === to,
        );
      const [out, back] = [between(group.home, site), between(site, group.home)];
      const path = ['groups', at, 'topics'];
      if (out.length !== 1) {
        const found = `${listed(out.map(({ id }) => id))} from ${group.home} to ${site}`;
        yield {
          at: path,
          found,
          expected: `exactly one flow from ${group.home} to ${site} that carries ${listed(group.topics)}`,
        };
      }
      if (back.length > 1) {
        const found = `${listed(back.map(({ id }) => id))} from ${site} to ${group.home}`;
        yield { at: path, found, expected: `at most one flow from ${site} to ${group.home}` };
      }
    }
  }
};

/** A flow is stopped and started under one group's epoch. */
const flowsServeOneGroup: Check = function* (topology) {
  for (const [at, flow] of topology.flows.entries()) {
    const groups = topology.groups.filter((group) => flowsOf(topology, group).includes(flow));
    if (groups.length < 2) continue;
    const found = `topics of the groups ${listed(groups.map(({ id }) => id))}`;
    yield { at: ['flows', at, 'topics'], found, expected: 'topics of one group: it is stopped when that group moves' };
  }
};

export const replicationChecks: readonly Check[] = [
  flowsCrossSites,
  connectorsHaveWorkers,
  connectorsDiffer,
  mirrorMakersHaveOneForm,
  mirrorMakersDiffer,
  filesDiffer,
  principalsDiffer,
  nothingIsCopiedTwice,
  nothingRunsInCircles,
  everyGroupIsReplicated,
  flowsServeOneGroup,
];
