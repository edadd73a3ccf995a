import { isLeftOut, matchesTopic } from '../topics.js';
import type { Topology } from '../topology.js';
import { repeated, type Check } from './finding.js';

/** Flows with a topic for records of our own, by their place in the document. */
const probed = ({ flows }: Topology) =>
  flows.flatMap((flow, at) => (flow.probeTopic === undefined ? [] : [{ flow, at, topic: flow.probeTopic }]));

const pathOf = (at: number) => ['flows', at, 'probeTopic'];

/** We go on writing there while a group moves: its fence would refuse us, and its drain would never end. */
const probesAreOfNoGroup: Check = function* (topology) {
  for (const { at, topic } of probed(topology)) {
    const group = topology.groups.find(({ topics }) => matchesTopic(topics, topic));
    if (!group) continue;
    const found = `${topic}, which is a topic of group ${group.id}`;
    yield { at: pathOf(at), found, expected: 'a topic of no group: nothing but records of ours is written there' };
  }
};

/** What a flow carries is waited for when it is drained; what the other direction carries would come back. */
const probesAreOfNoFlow: Check = function* (topology) {
  for (const { at, topic } of probed(topology)) {
    const carrier = topology.flows.find(({ topics }) => matchesTopic(topics, topic));
    if (!carrier || topology.groups.some(({ topics }) => matchesTopic(topics, topic))) continue;
    const found = `${topic}, which is among the topics of flow ${carrier.id}`;
    yield {
      at: pathOf(at),
      found,
      expected: "a topic beside those of every flow: the flow's mirror copies it as well",
    };
  }
};

const probesDiffer: Check = function* (topology) {
  const topics = probed(topology).map(({ at, topic }) => ({ at: pathOf(at), value: topic }));
  for (const { at, value } of repeated(topics)) {
    yield { at, found: `${value}, which another flow has too`, expected: 'a topic of its own for every direction' };
  }
};

const probesAreCopied: Check = function* (topology) {
  for (const { at, topic } of probed(topology)) {
    if (!isLeftOut(topic)) continue;
    const expected = 'a name that mirrors copy: not signalbox.…, __…, .…, ….internal, …-internal or ….replica';
    yield { at: pathOf(at), found: topic, expected };
  }
};

const probedFlowsAreMeasured: Check = function* (topology) {
  for (const { flow, at } of probed(topology)) {
    if (flow.driver.kind !== 'dedicated') continue;
    const found = `a flow of driver.kind: dedicated, which no health-monitor measures`;
    yield { at: pathOf(at), found, expected: 'no probeTopic; or driver.kind: connect or strimzi' };
  }
};

/** Of the topics for records of our own. */
export const probeTopicChecks: readonly Check[] = [
  probesAreOfNoGroup,
  probesAreOfNoFlow,
  probesDiffer,
  probesAreCopied,
  probedFlowsAreMeasured,
];
