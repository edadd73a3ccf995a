import { epoch, MOVES, ttlSecondsOf, type Epoch, type OneTarget, type Plan, type Step } from '#libs/domain';
import {
  findCluster,
  findFlow,
  findGroup,
  isBy,
  isDrivenBy,
  targetsOf,
  type Flow,
  type FlowBy,
  type Topology,
} from '#libs/topology';
import { quoted, type ByHand } from './by-hand.js';
import { configLines } from './instructions-config.js';
import { writeAccessLines } from './instructions-access.js';
import { dedicatedMirrorLines, dedicatedPositionsLines } from './instructions-dedicated.js';
import { route53Lines } from './instructions-route53.js';
import { offsetsByHand, strimziMirrorLines, strimziPositionsLines } from './instructions-strimzi.js';
import { recordsOf } from './records-of.js';

/**
 * A plan as lines for a shell, step by step, to be executed by hand when nothing of Signalbox is left. What takes a
 * change back stands beside it as a comment. Pure.
 */
export const instructionsFor = (plan: Plan, topology: Topology, inForce: Epoch): readonly string[] => {
  const byHand: ByHand = { plan, topology, stamp: stampByHand(inForce) };
  return [
    `# ${plan.kind} of ${plan.group} from ${plan.from} to ${plan.to}, by hand.`,
    '# Stop every process of Signalbox that you can reach first, the site-guards too: one that is cut off fences its site.',
    `# What you change carries epoch ${byHand.stamp}, so that Signalbox undoes none of it when it is back: it holds the group`,
    `# and waits. Then: signalbox rescue ${plan.group} --active ${activeAfter(plan)}`,
    '# Go on with a stage only when every step of the one before it is done and looked at.',
    '# admin.properties: the login that may alter ACLs. A fence is what keeps two sites from writing: never leave it out.',
    ...plan.steps.flatMap((step) => [
      `# stage ${step.stage}: ${step.name}, at ${step.runsAt}`,
      ...linesOf(step, byHand),
    ]),
  ];
};

/** Above all that an export can be out of date by, and below what a rescue sets. */
const BY_HAND = 500;

export const stampByHand = (inForce: Epoch): Epoch => epoch(inForce + BY_HAND);

const activeAfter = ({ kind, from, to }: Plan) => (MOVES.includes(kind) ? to : from);

function linesOf(step: Step, { plan, topology, stamp }: ByHand): readonly string[] {
  const { action, resource } = step;
  if (action === 'read') return ['# nothing to do by hand'];
  if (action === 'seal') return ['# nothing to do by hand: no other writer is left'];
  switch (resource.kind) {
    case 'write-access':
      return writeAccessLines(step, resource.site, { plan, topology, stamp });
    case 'mirror':
    case 'positions':
      return flowLines(step, findFlow(topology, resource.flow as Flow['id']), { plan, topology, stamp });
    case 'salvage':
      return ['# nothing to do by hand: what is stranded stays in the log of the site that is back'];
    case 'group-offsets':
      return groupOffsets(resource.flow, topology);
    case 'backlog':
      return backlog(resource.flow, topology);
    case 'name':
      return nameLines(step, resource.name, { plan, topology, stamp });
    case 'resolution':
      return resolutionLines(step, resource.name);
    case 'config':
      return configLines(step, resource, { plan, topology, stamp });
  }
}

function flowLines(step: Step, flow: Flow, byHand: ByHand): readonly string[] {
  const isMirror = step.resource.kind === 'mirror';
  if (isMirror && step.action === 'inspect') return endsOf(flow, byHand.topology);
  if (isDrivenBy(flow, 'strimzi'))
    return isMirror ? strimziMirrorLines(step, flow, byHand) : strimziPositionsLines(step, flow, byHand);
  if (isDrivenBy(flow, 'dedicated'))
    return isMirror ? dedicatedMirrorLines(step, flow, byHand.stamp) : dedicatedPositionsLines(flow);
  if (!isDrivenBy(flow, 'connect')) return [];
  return isMirror ? mirror(step, flow, byHand.topology) : positions(step, flow, byHand.topology);
}

/** Connect's own commands; what takes a stop back is a resume. */
function mirror({ desired }: Step, flow: FlowBy<'connect'>, topology: Topology): readonly string[] {
  const [verb, back] = desired === 'running' ? ['resume', 'stop'] : ['stop', 'resume'];
  const connectors = [flow.driver.source, flow.driver.checkpoint];
  const put = (name: string, what: string) =>
    `curl -fsS -X PUT ${connectOf(flow, topology)}/connectors/${name}/${what}`;
  return [
    ...connectors.map((name) => put(name, verb)),
    ...connectors.map((name) => `# to take it back: ${put(name, back)}`),
  ];
}

function positions({ desired }: Step, flow: FlowBy<'connect'>, topology: Topology): readonly string[] {
  const url = `${connectOf(flow, topology)}/connectors/${flow.driver.source}`;
  return [
    `curl -fsS -X PUT ${url}/stop`,
    `curl -fsS -X PATCH -H 'content-type: application/json' ${url}/offsets -d ${quoted(offsetsByHand(desired, flow.source))}`,
    `# "cluster" is the connector's source.cluster.alias; see: curl -fsS ${url}/config`,
  ];
}

function backlog(id: string, topology: Topology): readonly string[] {
  const flow = findFlow(topology, id as Flow['id']);
  return [
    '# wait until both of these print the same ends and they no longer move:',
    ...topicsOf(flow).map((topic) => offsetsAt(flow.source, topic, topology)),
    ...endsOf(flow, topology),
  ];
}

/** Only where a group has no members, and never for a partition that has an offset: that one is its own. */
function groupOffsets(id: string, topology: Topology): readonly string[] {
  const { target } = findFlow(topology, id as Flow['id']);
  const { adminBootstrap, bootstrap } = findCluster(topology, target);
  const servers = (adminBootstrap ?? bootstrap).join(',');
  const tool = `kafka-consumer-groups.sh --bootstrap-server ${servers} --command-config admin.properties`;
  return [
    `${tool} --describe --all-groups --offsets`,
    '# for each partition of a group that has no CURRENT-OFFSET, before its consumers start here:',
    `# ${tool} --group <group> --topic <topic>:<partition> --reset-offsets --to-earliest --execute`,
  ];
}

/** Keep what it prints: replication back starts from it. */
const endsOf = (flow: Flow, topology: Topology): readonly string[] =>
  topicsOf(flow).map((topic) => offsetsAt(flow.target, topic, topology));

const topicsOf = ({ topics }: Flow): readonly string[] => topics.map((topic) => topic.replace(/\*$/, '.*'));

const offsetsAt = (cluster: Flow['source'], topic: string, topology: Topology): string => {
  const { adminBootstrap, bootstrap } = findCluster(topology, cluster);
  const servers = (adminBootstrap ?? bootstrap).join(',');
  return `kafka-get-offsets.sh --bootstrap-server ${servers} --command-config admin.properties --topic ${quoted(topic)}`;
};

const connectOf = ({ target }: Flow, topology: Topology): string =>
  findCluster(topology, target).connect ?? '<the Connect of the target>';

/** One update: the name and the stamp beside it. A family that nobody uses is left out, as the key may have no right to it. */
function nameLines(step: Step, name: string, { plan, topology, stamp }: ByHand): readonly string[] {
  const traffic = findGroup(topology, plan.group).traffic.find((each) => each.name === name);
  if (!traffic) return [`# ${name} is not in this topology`];
  if (isBy(traffic, 'route53')) return route53Lines(step, traffic, { plan, stamp });
  if (!isBy(traffic, 'rfc2136')) return [];
  const target = step.desired as unknown as OneTarget;
  const targets = targetsOf(traffic);
  const ttlSeconds = ttlSecondsOf(target) ?? traffic.ttlSeconds;
  const { primary, tsig } = traffic.provider;
  const types = new Set([...Object.values(targets), target].flatMap(recordsOf).map(({ type }) => type));
  const update = (to: OneTarget | undefined) =>
    [
      `server ${primary.replace(/:(\d+)$/, ' $1')}`,
      `zone ${traffic.zone}`,
      ...[...types].map((type) => `update delete ${name} ${type}`),
      ...(to ? recordsOf(to) : []).map(({ type, data }) => `update add ${name} ${ttlSeconds} ${type} ${data}`),
      `update delete _signalbox.${name} TXT`,
      `update add _signalbox.${name} ${ttlSeconds} TXT epoch=${stamp}`,
      'send',
    ].join('\\n');
  const run = (to: OneTarget | undefined) => `printf '${update(to)}\\n' | nsupdate -k ${tsig.keyName}.key`;
  return [
    `# ${tsig.keyName}.key: key "${tsig.keyName}" { algorithm ${tsig.algorithm}; secret "…"; };`,
    run(target),
    `# to take it back: ${run(targets[plan.from])}`,
    `dig +short ${name}`,
  ];
}

/** What was lowered is worth nothing before every resolver has forgotten the long TTL. */
const resolutionLines = ({ desired, deadlineMs }: Step, name: string): readonly string[] => [
  `# wait ${Math.ceil(deadlineMs / 1_000)} s; after that no answer may have more than ${(desired as { readonly ttlSeconds: number }).ttlSeconds} s left:`,
  `dig +noall +answer ${name}`,
];
