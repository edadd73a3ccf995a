import type { WorkerStatus } from './connect-worker.js';
import type { Stored } from './stored.js';
import {
  desiredConnectors,
  fieldsOf,
  stateOf,
  namedIn,
  text,
  textsOf,
  type DesiredConnector,
  type PasswordOf,
} from './strimzi-connectors.js';

export interface Condition {
  readonly type: 'Ready' | 'NotReady' | 'Warning' | 'ReconciliationPaused';
  readonly status: 'True';
  readonly reason?: string;
  readonly message?: string;
}

type Annotations = Readonly<Record<string, string>>;

/** What Strimzi's cluster operator does otherwise with one kind of resource than with another. */
export interface OperatedKind {
  readonly kind: string;
  readonly plural: string;
  /** Throws, in the operator's words, what makes a resource not ready. */
  readonly desired: (object: Stored, passwordOf: PasswordOf) => Promise<readonly DesiredConnector[]>;
  /** Whether its workers are its own, so that each look deletes what it does not name. */
  readonly ownsWorkers: boolean;
  /** Whether what is asked for by annotation is meant for this connector. */
  readonly isAsked: (annotations: Annotations, connector: string) => boolean;
  /** Annotations that go away when it is done. */
  readonly asks: readonly string[];
  /** Under which its offsets stand in a ConfigMap. */
  readonly keyOf: (connector: string) => string;
  readonly condition: (connectors: readonly WorkerStatus[]) => Condition;
  readonly reported: (connectors: readonly WorkerStatus[]) => object;
}

export const ASK = 'strimzi.io/connector-offsets';
const OF = 'strimzi.io/mirrormaker-connector';
const CLUSTER = 'strimzi.io/cluster';

const READY: Condition = { type: 'Ready', status: 'True' };
const notReady = (reason: string, message: string): Condition => ({
  type: 'NotReady',
  status: 'True',
  reason,
  message,
});
const hasFailed = ({ connector }: WorkerStatus): boolean => connector.state === 'FAILED';

/** A connector that failed makes it not ready, and a task that failed does not. */
const KAFKA_MIRROR_MAKER_2: OperatedKind = {
  kind: 'KafkaMirrorMaker2',
  plural: 'kafkamirrormaker2s',
  desired: (object, passwordOf) => desiredConnectors(fieldsOf(object['spec']), passwordOf),
  ownsWorkers: true,
  isAsked: (annotations, connector) => annotations[OF] === connector,
  asks: [ASK, OF],
  keyOf: (connector) => `${connector.replace('->', '--')}.json`,
  condition: (connectors) =>
    connectors.some(hasFailed) ? notReady('RuntimeException', 'One or more connectors are in FAILED state') : READY,
  reported: (connectors) => ({ connectors: connectors.toSorted((one, other) => (one.name! < other.name! ? -1 : 1)) }),
};

/**
 * As KafkaConnectAssemblyOperator has it: one connector, called as the resource; a task that failed makes it not ready.
 * The KafkaConnect is not here: its worker is, and the label has to name one.
 */
const KAFKA_CONNECTOR: OperatedKind = {
  kind: 'KafkaConnector',
  plural: 'kafkaconnectors',
  desired: async ({ metadata, ...object }) => {
    if (metadata.labels?.[CLUSTER] === undefined)
      throw new Error(`Resource lacks label '${CLUSTER}': No connect cluster in which to create this connector.`);
    const spec = fieldsOf(object['spec']);
    const config = {
      ...textsOf(spec['config']),
      'connector.class': text(spec['class']),
      ...(spec['tasksMax'] !== undefined && { 'tasks.max': text(spec['tasksMax']) }),
    };
    return [
      {
        name: metadata.name,
        config,
        state: stateOf(spec),
        listTo: namedIn(spec, 'listOffsets', 'toConfigMap'),
        alterFrom: namedIn(spec, 'alterOffsets', 'fromConfigMap'),
      },
    ];
  },
  ownsWorkers: false,
  isAsked: () => true,
  asks: [ASK],
  keyOf: () => 'offsets.json',
  condition: ([connector]) => {
    if (connector && hasFailed(connector))
      return notReady('Throwable', 'Connector has failed, see connectorStatus for more details.');
    const failed = connector?.tasks.filter(({ state }) => state === 'FAILED').map(({ id }) => id) ?? [];
    return failed.length === 0
      ? READY
      : notReady(
          'Throwable',
          `The following tasks have failed: ${failed.join(', ')}, see connectorStatus for more details.`,
        );
  },
  reported: ([connector]) => ({ connectorStatus: connector ?? null, tasksMax: connector?.tasks.length ?? 0 }),
};

export const KINDS: readonly OperatedKind[] = [KAFKA_MIRROR_MAKER_2, KAFKA_CONNECTOR];
