import type { Epoch, Json, Positions, Step } from '#libs/domain';
import { strimziConnectorsOf, type FlowBy } from '#libs/topology';
import { quoted, type ByHand } from './by-hand.js';

/** Connect keeps the last offset that was copied; a position is the one after it. */
export function offsetsByHand(desired: Step['desired'], cluster: string): string {
  const offsets = Object.entries(desired as Positions)
    .filter(([, position]) => position > 0)
    .map(([key, position]): Json => {
      const dash = key.lastIndexOf('-');
      const partition = { cluster, topic: key.slice(0, dash), partition: Number(key.slice(dash + 1)) };
      return { partition, offset: { offset: position - 1 } };
    });
  return JSON.stringify({ offsets });
}

/** The resource is sealed first: from then on what is wanted of it changes only together with a write stamp. */
export function strimziMirrorLines({ desired }: Step, flow: FlowBy<'strimzi'>, { stamp }: ByHand): readonly string[] {
  const [state, back] = desired === 'running' ? ['running', 'stopped'] : ['stopped', 'running'];
  return [
    sealed(flow, stamp),
    turned(flow, state!, `${stamp}.${state}`),
    `# to take it back: ${turned(flow, back!, `${stamp}.${back}`)}`,
    `kubectl get ${mirrorMaker(flow)} -o jsonpath='{.status.connectors[*].connector.state}' # wait for it`,
  ];
}

/** As Strimzi documents it: stopped, offsets in a ConfigMap, asked for by annotation. */
export function strimziPositionsLines(
  { desired }: Step,
  flow: FlowBy<'strimzi'>,
  { stamp }: ByHand,
): readonly string[] {
  const { namespace, positions, settings } = flow.driver;
  const { source } = strimziConnectorsOf(flow);
  const alias = String(settings['source.cluster.alias'] ?? flow.source);
  const map = {
    metadata: { annotations: { 'signalbox.io/epoch': String(stamp), 'signalbox.io/write': `by-hand.${stamp}` } },
    data: { [`${source.replace('->', '--')}.json`]: offsetsByHand(desired, alias) },
  };
  const asks = `strimzi.io/connector-offsets=alter strimzi.io/mirrormaker-connector='${source}'`;
  return [
    sealed(flow, stamp),
    turned(flow, 'stopped', `${stamp}.stopped`),
    `kubectl patch configmap ${positions.altered} -n ${namespace} --type merge -p ${quoted(JSON.stringify(map))}`,
    '# only when its connectors are STOPPED:',
    `kubectl annotate ${mirrorMaker(flow)} --overwrite ${asks}`,
    '# it is done when these annotations are gone',
  ];
}

const mirrorMaker = ({ driver }: FlowBy<'strimzi'>) => `kafkamirrormaker2 ${driver.mirrorMaker} -n ${driver.namespace}`;

const sealed = (flow: FlowBy<'strimzi'>, stamp: Epoch) =>
  `kubectl annotate ${mirrorMaker(flow)} --overwrite signalbox.io/epoch=${stamp}`;

function turned(flow: FlowBy<'strimzi'>, state: string, stamp: string): string {
  const patch: Json = [
    ...['sourceConnector', 'checkpointConnector'].map((connector) => ({
      op: 'add',
      path: `/spec/mirrors/0/${connector}/state`,
      value: state,
    })),
    { op: 'add', path: '/metadata/annotations/signalbox.io~1write', value: `by-hand.${stamp}` },
  ];
  return `kubectl patch ${mirrorMaker(flow)} --type json -p ${quoted(JSON.stringify(patch))}`;
}
