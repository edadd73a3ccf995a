import type { Epoch, Json, Positions, Step } from '#libs/domain';
import { strimziConnectorsOf, strimziObjectsOf, type FlowBy } from '#libs/topology';
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
  return objectsOf(flow).flatMap((object) => [
    sealed(object, stamp),
    turned(object, state!, `${stamp}.${state}`),
    `# to take it back: ${turned(object, back!, `${stamp}.${back}`)}`,
    `kubectl get ${object.ref} -o jsonpath='{${object.reported}}' # wait for it`,
  ]);
}

/** As Strimzi documents it: stopped, offsets in a ConfigMap, asked for by annotation. */
export function strimziPositionsLines(
  { desired }: Step,
  flow: FlowBy<'strimzi'>,
  { stamp }: ByHand,
): readonly string[] {
  const { namespace, positions, settings } = flow.driver;
  const objects = objectsOf(flow);
  const alias = String(settings['source.cluster.alias'] ?? flow.source);
  const { ref, key, asks } = objects[0]!;
  const map = {
    metadata: { annotations: { 'signalbox.io/epoch': String(stamp), 'signalbox.io/write': `by-hand.${stamp}` } },
    data: { [key]: offsetsByHand(desired, alias) },
  };
  return [
    ...objects.flatMap((object) => [sealed(object, stamp), turned(object, 'stopped', `${stamp}.stopped`)]),
    `kubectl patch configmap ${positions.altered} -n ${namespace} --type merge -p ${quoted(JSON.stringify(map))}`,
    '# only when its connectors are STOPPED:',
    `kubectl annotate ${ref} --overwrite ${asks}`,
    '# it is done when these annotations are gone',
  ];
}

/** How an object of Strimzi's is turned with kubectl. */
interface ByKubectl {
  readonly ref: string;
  /** Where the states of its connectors are told. */
  readonly reported: string;
  /** Where they are set, as JSON Patch has it. */
  readonly states: readonly string[];
  /** Of the ConfigMap that its positions are set from. */
  readonly key: string;
  /** Annotations by which the operator is told to set them. */
  readonly asks: string;
}

/** First the one with the source connector. */
function objectsOf(flow: FlowBy<'strimzi'>): readonly ByKubectl[] {
  const { source } = strimziConnectorsOf(flow);
  return strimziObjectsOf(flow.driver).map(({ kind, name }) => {
    const ref = `${kind.toLowerCase()} ${name} -n ${flow.driver.namespace}`;
    const asks = 'strimzi.io/connector-offsets=alter';
    if (kind === 'KafkaConnector') {
      const reported = '.status.connectorStatus.connector.state';
      return { ref, reported, states: ['/spec/state'], key: 'offsets.json', asks };
    }
    return {
      ref,
      reported: '.status.connectors[*].connector.state',
      states: ['sourceConnector', 'checkpointConnector'].map((each) => `/spec/mirrors/0/${each}/state`),
      key: `${source.replace('->', '--')}.json`,
      asks: `${asks} strimzi.io/mirrormaker-connector='${source}'`,
    };
  });
}

const sealed = ({ ref }: ByKubectl, stamp: Epoch) => `kubectl annotate ${ref} --overwrite signalbox.io/epoch=${stamp}`;

function turned({ ref, states }: ByKubectl, state: string, stamp: string): string {
  const patch: Json = [
    ...states.map((path) => ({ op: 'add', path, value: state })),
    { op: 'add', path: '/metadata/annotations/signalbox.io~1write', value: `by-hand.${stamp}` },
  ];
  return `kubectl patch ${ref} --type json -p ${quoted(JSON.stringify(patch))}`;
}
