import { siteId, type GroupId, type Step, type WriteAccess } from '#libs/domain';
import { clusterOf, findCluster, findGroup, flowsOf, type Group, type Topology } from '#libs/topology';
import { quoted, type ByHand } from './by-hand.js';
import { messageSizeLines } from './instructions-size.js';
import { kafkaUserLines, type Pattern } from './instructions-users.js';

const EVERYBODY = 'User:*';

/**
 * Who may write a site's topics: the rules that its guard would make and remove, with their lines in its ledger. Without
 * these a guard would take the rules for somebody else's and never lift them.
 */
export function writeAccessLines({ action, desired }: Step, site: string, byHand: ByHand): readonly string[] {
  const { plan, topology, stamp } = byHand;
  const group = findGroup(topology, plan.group);
  const cluster = clusterOf(topology, group, siteId(site));
  const { bootstrap, adminBootstrap, openByDefault, writeFence } = cluster;
  if (action === 'inspect')
    return [`# write a record to ${group.topics.join(', ')} over ${bootstrap.join(',')}: it must be accepted`];
  if (writeFence?.by === 'message-size') return messageSizeLines(cluster, group, desired as WriteAccess, stamp);
  const inbound = inboundPrincipals(group, site, topology);
  if (writeFence?.by === 'kafka-users') {
    const patterns = patternsOf(group.topics);
    return kafkaUserLines(
      cluster,
      writeFence,
      { group: group.id, access: desired as WriteAccess, patterns, inbound },
      byHand,
    );
  }
  const acls = `kafka-acls.sh --bootstrap-server ${(adminBootstrap ?? bootstrap).join(',')} --command-config admin.properties`;
  // The guard's probe is fenced with the topics of the group.
  const patterns = patternsOf([...group.topics, `signalbox.probe.${group.id}`]);
  const ledger = `${acls} --add --operation Describe --topic ${quoted(ledgerTopic(group.id))} --deny-principal`;
  const deny = (principal: string) =>
    patterns.flatMap((pattern) => [
      `${ledger} ${quoted(`User:signalbox-made deny write on ${pattern.match} ${pattern.topic} to ${principal} from *`)}`,
      `${acls} --add ${ruleOf(principal, pattern)}`,
    ]);
  const lift = (principal: string) =>
    patterns.map((pattern) => `${acls} --remove --force ${ruleOf(principal, pattern)}`);
  const lines: Readonly<Record<WriteAccess, readonly string[]>> = {
    none: [...deny(EVERYBODY), ...lift(EVERYBODY).map(asComment)],
    clients: [
      ...inbound.flatMap(deny),
      liftAllBut(inbound, acls, group.id),
      ...[...deny(EVERYBODY), ...inbound.flatMap(lift)].map(asComment),
    ],
    inbound: [
      `# first deny WRITE, as above, to every principal that could write but ${inbound.join(', ') || 'none'}; clients must stay out`,
      ...inbound.flatMap(lift),
      ...lift(EVERYBODY),
      ...deny(EVERYBODY).map(asComment),
    ],
  };
  const open =
    '# the cluster is open by default: also allow User:* all but Write, or the first rule closes reading as well';
  const access = desired as WriteAccess;
  return [
    ...(openByDefault ? [open] : []),
    `${ledger} 'User:signalbox-epoch-${stamp}'`,
    ...lines[access],
    `# look: ${acls} --list`,
  ];
}

const asComment = (line: string): string => `# to take it back: ${line}`;

/** What the guard writes into: nobody's topic. */
const ledgerTopic = (group: GroupId): string => `signalbox.epoch.${group}`;

const patternsOf = (topics: Group['topics']): readonly Pattern[] =>
  topics.map((topic) =>
    topic.endsWith('*') && topic !== '*'
      ? { match: 'prefixed', topic: topic.slice(0, -1) }
      : { match: 'literal', topic },
  );

const ruleOf = (principal: string, { match, topic }: Pattern): string =>
  `--deny-principal ${quoted(principal)} --operation Write --resource-pattern-type ${match} --topic ${quoted(topic)}`;

/** The standing fence names everybody who could write here when it was made; only the cluster itself knows whom. */
function liftAllBut(kept: readonly string[], acls: string, group: GroupId): string {
  const made = String.raw`s/.*(principal=User:signalbox-made deny write on \([a-z]*\) \([^ ]*\) to \(User:.*\) from \*, host=.*/\1 \2 \3/p`;
  const lift = `${acls} --remove --force --deny-principal "$who" --operation Write --resource-pattern-type "$match" --topic "$topic" < /dev/null`;
  const spared = kept.length > 0 ? `${kept.map(quoted).join('|')}) ;; ` : '';
  return (
    `${acls} --list --topic ${quoted(ledgerTopic(group))} | sed -n ${quoted(made)} | ` +
    `while read -r match topic who; do case "$who" in ${spared}*) ${lift};; esac; done`
  );
}

/** Of the flows that end at the site. */
const inboundPrincipals = (group: Group, site: string, topology: Topology): readonly string[] =>
  flowsOf(topology, group)
    .filter(({ target }) => findCluster(topology, target).site === site)
    .map(({ principal }) => principal);
