import { isFields } from './stored.js';

type Fields = Readonly<Record<string, unknown>>;
export type ConnectorState = 'running' | 'paused' | 'stopped';

/** A connector as Strimzi's cluster operator makes it of a resource. */
export interface DesiredConnector {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly state: ConnectorState;
  readonly listTo: string | undefined;
  readonly alterFrom: string | undefined;
}

/** The password of a login that names a Secret. */
export type PasswordOf = (secret: string, key: string) => Promise<string>;

const KINDS = { sourceConnector: 'MirrorSourceConnector', checkpointConnector: 'MirrorCheckpointConnector' } as const;

/** Of `spec` in either version. Throws, in the operator's words, when it does not say enough. */
export async function desiredConnectors(spec: Fields, passwordOf: PasswordOf): Promise<readonly DesiredConnector[]> {
  const all = listOf(spec['mirrors']).map(async (mirror) => {
    const [source, target] = [sourceOf(spec, mirror), targetOf(spec, mirror)];
    const ends = {
      ...(await clientConfig('source.cluster.', source, passwordOf)),
      ...(await clientConfig('target.cluster.', target, passwordOf)),
      // The workers of a KafkaMirrorMaker2 log in as its target says; those of the lab serve others as well.
      ...withoutAddress(await clientConfig('producer.override.', target, passwordOf)),
    };
    return Object.entries(KINDS).flatMap(([part, kind]) => {
      const connector = mirror[part];
      if (!isFields(connector)) return [];
      return [desired(`${text(source['alias'])}->${text(target['alias'])}.${kind}`, kind, mirror, connector, ends)];
    });
  });
  return (await Promise.all(all)).flat();
}

function desired(
  name: string,
  kind: string,
  mirror: Fields,
  connector: Fields,
  ends: Readonly<Record<string, string>>,
): DesiredConnector {
  const { topicsPattern = '.*', topicsExcludePattern, groupsPattern = '.*' } = mirror;
  const config = {
    'connector.class': `org.apache.kafka.connect.mirror.${kind}`,
    'tasks.max': text(connector['tasksMax'] ?? 1),
    ...ends,
    topics: text(topicsPattern),
    ...(topicsExcludePattern !== undefined && { 'topics.exclude': text(topicsExcludePattern) }),
    groups: text(groupsPattern),
    ...textsOf(connector['config']),
  };
  return {
    name,
    config,
    state: stateOf(connector),
    listTo: namedIn(connector, 'listOffsets', 'toConfigMap'),
    alterFrom: namedIn(connector, 'alterOffsets', 'fromConfigMap'),
  };
}

export const stateOf = (connector: Fields): ConnectorState =>
  (connector['state'] ?? (connector['pause'] === true ? 'paused' : 'running')) as ConnectorState;

/** The ConfigMap that a connector names. */
export const namedIn = (connector: Fields, part: string, reference: string): string | undefined =>
  text(fieldsOf(fieldsOf(connector[part])[reference])['name'] ?? '') || undefined;

/** v1 has the clusters where they are used, v1beta2 in a list of their own. */
const sourceOf = (spec: Fields, mirror: Fields): Fields =>
  isFields(mirror['source']) ? mirror['source'] : clusterOf(spec, mirror['sourceCluster']);
const targetOf = (spec: Fields, mirror: Fields): Fields =>
  isFields(spec['target']) ? spec['target'] : clusterOf(spec, mirror['targetCluster'] ?? spec['connectCluster']);

function clusterOf(spec: Fields, alias: unknown): Fields {
  const cluster = listOf(spec['clusters']).find((each) => each['alias'] === alias);
  if (!cluster) throw new Error(`cluster with alias ${text(alias)} cannot be found in the list of clusters`);
  return cluster;
}

async function clientConfig(prefix: string, cluster: Fields, passwordOf: PasswordOf): Promise<Record<string, string>> {
  const { authentication, alias, bootstrapServers } = cluster;
  const login = fieldsOf(authentication);
  const secret = fieldsOf(login['passwordSecret']);
  const config: Record<string, string> = {
    alias: text(alias),
    'bootstrap.servers': text(bootstrapServers),
    ...(login['type'] === 'plain' && {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': jaas(
        text(login['username']),
        await passwordOf(text(secret['secretName']), text(secret['password'])),
      ),
    }),
  };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [prefix + key, value]));
}

const withoutAddress = (config: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !/\.(alias|servers)$/.test(key)));

const jaas = (user: string, password: string): string =>
  `org.apache.kafka.common.security.plain.PlainLoginModule required username="${user}" password="${password}";`;

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));
export const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, each]) => [key, text(each)]));
