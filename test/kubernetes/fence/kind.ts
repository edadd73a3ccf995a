/** One sort of object that Signalbox writes, and where it keeps the value that clients read. */
export interface Kind {
  readonly kind: string;
  readonly apiVersion: string;
  /** As in its path. */
  readonly plural: string;
  /** The part of the object that holds the value. */
  readonly holding: (value: string) => Readonly<Record<string, unknown>>;
  /** As a JSON pointer, with the value that a patch puts there. */
  readonly pointer: string;
  readonly written: (value: string) => string;
  /** Of Kubernetes' own, whose patches may also be strategic. */
  readonly isBuiltIn: boolean;
  /** False where its owner goes on changing what it holds: that needs no new write stamp then. */
  readonly isStamped: boolean;
}

const base64 = (value: string) => Buffer.from(value).toString('base64');

export const CONFIG_MAP: Kind = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  plural: 'configmaps',
  holding: (value) => ({ data: { bootstrap: value } }),
  pointer: '/data/bootstrap',
  written: (value) => value,
  isBuiltIn: true,
  isStamped: true,
};

const SECRET: Kind = {
  kind: 'Secret',
  apiVersion: 'v1',
  plural: 'secrets',
  holding: (value) => ({ data: { bootstrap: base64(value) } }),
  pointer: '/data/bootstrap',
  written: base64,
  isBuiltIn: true,
  isStamped: true,
};

const strimzi = (kind: string, plural: string, version: string): Kind => ({
  kind,
  apiVersion: `kafka.strimzi.io/${version}`,
  plural,
  holding: (value) => ({ spec: { state: value } }),
  pointer: '/spec/state',
  written: (value) => value,
  isBuiltIn: false,
  isStamped: true,
});

export const KAFKA_CONNECTOR = strimzi('KafkaConnector', 'kafkaconnectors', 'v1beta2');

/** By its rules clients are kept from writing; most of them are its owner's. */
const KAFKA_USER: Kind = {
  kind: 'KafkaUser',
  apiVersion: 'kafka.strimzi.io/v1',
  plural: 'kafkausers',
  holding: (value) => ({ spec: { authorization: { type: 'simple', acls: [denial(value)] } } }),
  pointer: '/spec/authorization/acls/0/resource/name',
  written: (value) => value,
  isBuiltIn: false,
  isStamped: false,
};
const denial = (name: string) => ({ type: 'deny', resource: { type: 'topic', name }, operations: ['Write'] });

/** Strimzi's are asked through both versions that are served. */
export const KINDS: readonly Kind[] = [
  CONFIG_MAP,
  SECRET,
  strimzi('KafkaMirrorMaker2', 'kafkamirrormaker2s', 'v1'),
  KAFKA_CONNECTOR,
  KAFKA_USER,
];

/** Of all objects of a kind in a namespace. */
export function collectionPath({ apiVersion, plural }: Kind, namespace: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${namespace}/${plural}`;
}
