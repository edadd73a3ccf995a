import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { failoverPlan, reprotectPlan } from '#libs/decision';
import { epoch, groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { parse, stringify } from 'yaml';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { settingsOf } from '../group/group-settings.js';
import { instructionsFor } from './instructions.js';

const [a, b] = [siteId('a'), siteId('b')];

function byStrimzi(objectsOf: (flow: string) => object = (flow) => ({ mirrorMaker: flow })) {
  const document: Loose = parse(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'));
  document.policy.stepTimeoutMs = 30_000;
  for (const flow of document.flows) {
    const positions = { listed: `${flow.id}-listed`, altered: `${flow.id}-altered` };
    const connect = `http://${flow.id}-mirrormaker2-api.kafka:8083`;
    flow.driver = { kind: 'strimzi', namespace: 'kafka', connect, ...objectsOf(flow.id), positions };
  }
  return parseTopology(stringify(document, { aliasDuplicateObjects: false }), 'the example');
}

describe('a plan by hand over mirrors that Strimzi runs', () => {
  const topology = byStrimzi();
  const facts = { ...settingsOf(topology, groupId('orders')), from: a, to: b };
  const of = (flow: string, state: string, stamp: string) =>
    `kubectl patch kafkamirrormaker2 ${flow} -n kafka --type json -p '${JSON.stringify([
      { op: 'add', path: '/spec/mirrors/0/sourceConnector/state', value: state },
      { op: 'add', path: '/spec/mirrors/0/checkpointConnector/state', value: state },
      { op: 'add', path: '/metadata/annotations/signalbox.io~1write', value: `by-hand.${stamp}` },
    ])}'`;

  it('stops one under the epoch that it stamps first', () => {
    const lines = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology, epoch(40));
    const stop = lines.findIndex((line) => /^# stage \d+: stop-mirror-a-to-b, at b$/.test(line));
    expect(lines.slice(stop + 1, stop + 4)).toEqual([
      'kubectl annotate kafkamirrormaker2 a-to-b -n kafka --overwrite signalbox.io/epoch=540',
      of('a-to-b', 'stopped', '540.stopped'),
      `# to take it back: ${of('a-to-b', 'running', '540.running')}`,
    ]);
  });

  it('sets positions as Strimzi documents it', () => {
    const plan = reprotectPlan({ ...facts, from: b, to: a, watermark: { 'orders-0': 100, 'orders-1': 0 } });
    const lines = instructionsFor(plan, topology, epoch(40));
    const offsets =
      '{"offsets":[{"partition":{"cluster":"kafka-b","topic":"orders","partition":0},"offset":{"offset":99}}]}';
    const map = lines.find((line) => line.startsWith('kubectl patch configmap b-to-a-altered -n kafka --type merge'));
    expect(JSON.parse(/-p '(.*)'$/.exec(map!)![1]!)).toEqual({
      metadata: { annotations: { 'signalbox.io/epoch': '540', 'signalbox.io/write': 'by-hand.540' } },
      data: { 'kafka-b--kafka-a.MirrorSourceConnector.json': offsets },
    });
    expect(lines).toContain(
      'kubectl annotate kafkamirrormaker2 b-to-a -n kafka --overwrite ' +
        "strimzi.io/connector-offsets=alter strimzi.io/mirrormaker-connector='kafka-b->kafka-a.MirrorSourceConnector'",
    );
    expect(lines.join('\n')).toContain(of('b-to-a', 'running', '540.running'));
  });
});

describe('a plan by hand over KafkaConnectors', () => {
  const topology = byStrimzi((flow) => ({
    connectors: { source: `${flow}-source`, checkpoint: `${flow}-checkpoint` },
  }));
  const facts = { ...settingsOf(topology, groupId('orders')), from: a, to: b };
  const turned = (name: string, state: string, stamp: string) =>
    `kubectl patch kafkaconnector ${name} -n kafka --type json -p '${JSON.stringify([
      { op: 'add', path: '/spec/state', value: state },
      { op: 'add', path: '/metadata/annotations/signalbox.io~1write', value: `by-hand.${stamp}` },
    ])}'`;

  it('stops each of them under the epoch that it stamps first', () => {
    const lines = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology, epoch(40));
    const stop = lines.findIndex((line) => /^# stage \d+: stop-mirror-a-to-b, at b$/.test(line));
    expect(lines.slice(stop + 1, stop + 9)).toEqual(
      ['a-to-b-source', 'a-to-b-checkpoint'].flatMap((name) => [
        `kubectl annotate kafkaconnector ${name} -n kafka --overwrite signalbox.io/epoch=540`,
        turned(name, 'stopped', '540.stopped'),
        `# to take it back: ${turned(name, 'running', '540.running')}`,
        `kubectl get kafkaconnector ${name} -n kafka -o jsonpath='{.status.connectorStatus.connector.state}' # wait for it`,
      ]),
    );
  });

  it('sets positions under the one key, asked of the source alone', () => {
    const plan = reprotectPlan({ ...facts, from: b, to: a, watermark: { 'orders-0': 100 } });
    const lines = instructionsFor(plan, topology, epoch(40));
    const map = lines.find((line) => line.startsWith('kubectl patch configmap b-to-a-altered -n kafka --type merge'));
    expect(Object.keys(JSON.parse(/-p '(.*)'$/.exec(map!)![1]!).data)).toEqual(['offsets.json']);
    expect(lines.filter((line) => line.includes('connector-offsets'))).toEqual([
      'kubectl annotate kafkaconnector b-to-a-source -n kafka --overwrite strimzi.io/connector-offsets=alter',
    ]);
  });
});
