import { siteId, type GroupId, type WriteAccess } from '#libs/domain';
import { findGroup, type Cluster, type WriteFenceBy } from '#libs/topology';
import { quoted, type ByHand } from './by-hand.js';

/** Topics by a name or a beginning. */
export interface Pattern {
  readonly match: 'literal' | 'prefixed';
  readonly topic: string;
}

/** What write access is to become, and what it is made of. */
export interface AccessByHand {
  readonly group: GroupId;
  readonly access: WriteAccess;
  /** Of the group's topics, without the probe: our own KafkaUser is nobody's client. */
  readonly patterns: readonly Pattern[];
  /** Of the flows that end there. */
  readonly inbound: readonly string[];
}

/**
 * The same where Strimzi's User Operator owns the ACLs: rules in the KafkaUsers, each with the note by which the guard knows
 * them for its own and lifts them.
 */
export function kafkaUserLines(
  { site }: Cluster,
  fence: WriteFenceBy<'kafka-users'>,
  { group, access, patterns, inbound }: AccessByHand,
  { topology, stamp }: ByHand,
): readonly string[] {
  const names = findGroup(topology, group).kafkaUsers?.[siteId(site)] ?? [];
  const isInbound = (name: string) => inbound.some((each) => each === `User:${name}` || each === `User:CN=${name}`);
  const isDenied = (name: string) => ({ none: true, inbound: !isInbound(name), clients: isInbound(name) })[access];
  const note = JSON.stringify(patterns.map(({ match, topic }) => `${match} ${topic}`));
  const deny = (name: string) => {
    const user = `kafkauser ${name} -n ${fence.namespace}`;
    const rules = patterns.map((pattern) => ({
      op: 'add',
      path: '/spec/authorization/acls/-',
      value: ruleOf(pattern),
    }));
    return [
      `kubectl annotate ${user} --overwrite signalbox.io/epoch=${stamp} ${quoted(`signalbox.io/denied-writes=${note}`)}`,
      `kubectl patch ${user} --type json -p ${quoted(JSON.stringify(rules))}`,
    ];
  };
  const lift = (name: string) => {
    const ours = JSON.stringify(patterns.map(({ topic }) => topic));
    const of = `.type == "deny" and .operations == ["Write"] and (.resource.name as $topic | ${ours} | index($topic) != null)`;
    const notes = `.metadata.annotations["signalbox.io/epoch"] = "${stamp}" | del(.metadata.annotations["signalbox.io/denied-writes"])`;
    const program = `del(.spec.authorization.acls[] | select(${of})) | ${notes}`;
    return `kubectl get kafkauser ${name} -n ${fence.namespace} -o json | jq ${quoted(program)} | kubectl replace -f -`;
  };
  const [denied, lifted] = [names.filter(isDenied), names.filter((name) => !isDenied(name))];
  return [
    ...denied.flatMap(deny),
    ...(lifted.length > 0 && denied.length > 0 ? ['# only when kafka-acls.sh --list shows these rules:'] : []),
    ...lifted.map(lift),
    ...denied.map((name) => `# to take it back: ${lift(name)}`),
    '# look: kafka-acls.sh --list shows what the User Operator has brought to the cluster; until then nothing holds',
  ];
}

const ruleOf = ({ match, topic }: Pattern) => ({
  type: 'deny',
  resource: { type: 'topic', name: topic, patternType: match === 'prefixed' ? 'prefix' : 'literal' },
  operations: ['Write'],
  host: '*',
});
