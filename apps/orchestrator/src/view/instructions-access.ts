import { siteId, type Plan, type Step, type WriteAccess } from '#libs/domain';
import { clusterOf, findCluster, findGroup, flowsOf, type Group, type Topology } from '#libs/topology';

const EVERYBODY = 'User:*';

/** Who may write a site's topics: the rules that its guard would make and remove. */
export function writeAccessLines(
  { action, desired }: Step,
  site: string,
  plan: Plan,
  topology: Topology,
): readonly string[] {
  const group = findGroup(topology, plan.group);
  const { bootstrap, adminBootstrap, openByDefault } = clusterOf(topology, group, siteId(site));
  if (action === 'inspect')
    return [`# write a record to ${group.topics.join(', ')} over ${bootstrap.join(',')}: it must be accepted`];
  const acls = `kafka-acls.sh --bootstrap-server ${(adminBootstrap ?? bootstrap).join(',')} --command-config admin.properties`;
  const deny = (principal: string) => group.topics.map((topic) => `${acls} --add ${ruleOf(principal, topic)}`);
  const lift = (principal: string) =>
    group.topics.map((topic) => `${acls} --remove --force ${ruleOf(principal, topic)}`);
  const inbound = inboundPrincipals(group, site, topology);
  const lines: Readonly<Record<WriteAccess, readonly string[]>> = {
    none: [...deny(EVERYBODY), ...lift(EVERYBODY).map(asComment)],
    clients: [
      ...inbound.flatMap(deny),
      ...lift(EVERYBODY),
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
  return [...(openByDefault ? [open] : []), ...lines[access], `# look: ${acls} --list`];
}

const asComment = (line: string): string => `# to take it back: ${line}`;

const ruleOf = (principal: string, topic: string): string => {
  const isPrefix = topic.endsWith('*') && topic !== '*';
  const pattern = isPrefix
    ? ` --resource-pattern-type prefixed --topic '${topic.slice(0, -1)}'`
    : ` --topic '${topic}'`;
  return `--deny-principal '${principal}' --operation Write${pattern}`;
};

/** Of the flows that end at the site. */
const inboundPrincipals = (group: Group, site: string, topology: Topology): readonly string[] =>
  flowsOf(topology, group)
    .filter(({ target }) => findCluster(topology, target).site === site)
    .map(({ principal }) => principal);
