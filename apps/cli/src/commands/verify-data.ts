import { accessTo, mannerOf, openCluster, openCopying, targetTopicOf } from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import { findCluster, flowsOf, loadTopology, matchesTopic, type Flow, type Topology } from '#libs/topology';
import { show, type Outcome, type Terminal } from '../command.js';
import { compareWindows, type Difference, type WindowComparison } from '../compare/compare-windows.js';
import { lastRecords, partitionsOf, type ComparedEnd, type WindowRecord } from '../compare/record-window.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { blocks, moment, table } from '../text.js';

export interface VerifyDataOptions {
  readonly flow?: string;
  /** Records of each partition, from its end back. */
  readonly last: number;
}

interface PartitionReport extends WindowComparison {
  readonly flow: string;
  readonly topic: string;
  readonly partition: number;
  /** The topic or partition is not there, or not ours to see, at this cluster. */
  readonly missingAt?: string;
}

interface Surroundings {
  readonly config: string;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly clock: Clock;
}

/** A batch may be large, and the line long. */
const CALL_TIMEOUT_MS = 15_000;
const NOTHING: WindowComparison = { equal: 0, hash: '', notCopied: 0, salvaged: 0 };

/**
 * Compares the records of both ends of a group's flows, by whoever may read them: with the logins of signalbox.yaml, and
 * without asking an orchestrator what it thinks.
 */
export const verifyData = async (group: string, options: VerifyDataOptions, around: Surroundings): Outcome => {
  const topology = await loadTopology(around.config);
  const reports: PartitionReport[] = [];
  for (const flow of chosen(topology, group, options.flow))
    reports.push(...(await compareFlow(topology, flow, options, around)));
  show(around, { group, last: options.last, partitions: reports }, ({ partitions }) => render(partitions));
  return reports.every(isEqual) ? EXIT.ok : EXIT.different;
};

/** One direction unless a flow is named: both would be the same comparison twice. */
function chosen(topology: Topology, id: string, name: string | undefined): readonly Flow[] {
  const group = topology.groups.find((each) => each.id === id);
  if (!group) throw new UsageError(`signalbox.yaml has no group ${id}`, 'signalbox config check');
  const flows = flowsOf(topology, group);
  if (name === undefined) return flows.filter(({ source }) => findCluster(topology, source).site === group.home);
  const flow = flows.find((each) => each.id === name);
  if (!flow) throw new UsageError(`${id} has no flow ${name}`, `one of ${flows.map((each) => each.id).join(', ')}`);
  return [flow];
}

async function compareFlow(
  topology: Topology,
  flow: Flow,
  { last }: VerifyDataOptions,
  { clock }: Surroundings,
): Promise<readonly PartitionReport[]> {
  const open = async (id: Flow['source']) => {
    const access = await accessTo(findCluster(topology, id), 'control', CALL_TIMEOUT_MS);
    const [cluster, copying] = [openCluster(access), openCopying(access, clock)];
    const end: ComparedEnd = { log: cluster.log, whole: copying.log };
    return { end, close: () => Promise.all([cluster.close(), copying.close()]) };
  };
  const [source, target] = [await open(flow.source), await open(flow.target)];
  try {
    const reports: PartitionReport[] = [];
    for (const topic of await topicsOf(flow, source.end))
      reports.push(...(await compareTopic(flow, topic, last, source.end, target.end)));
    return reports;
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

async function topicsOf({ topics }: Flow, { log }: ComparedEnd): Promise<readonly string[]> {
  const prefixes = topics.filter((topic) => topic.endsWith('*'));
  const named = topics.filter((topic) => !topic.endsWith('*'));
  if (prefixes.length === 0) return named;
  const found = (await log.topics()).filter((topic) => matchesTopic(prefixes, topic));
  return [...new Set([...named, ...found])].toSorted();
}

async function compareTopic(
  flow: Flow,
  topic: string,
  last: number,
  source: ComparedEnd,
  target: ComparedEnd,
): Promise<readonly PartitionReport[]> {
  const copy = targetTopicOf(mannerOf(flow).naming, topic);
  const [own, copied] = [await partitionsOf(source, topic), await partitionsOf(target, copy)];
  const reports: PartitionReport[] = [];
  for (const partition of own ?? [0]) {
    const where = { flow: flow.id, topic, partition };
    const missingAt = own === undefined ? flow.source : copied?.includes(partition) ? undefined : flow.target;
    if (missingAt !== undefined) reports.push({ ...where, ...NOTHING, missingAt });
    else {
      // The copy first: what is copied in between is not taken for something that only the copy has.
      const there = await lastRecords(target, copy, partition, last);
      const here = await lastRecords(source, topic, partition, last + there.length);
      reports.push({ ...where, ...compareWindows(here, there) });
    }
  }
  return reports;
}

const isEqual = ({ difference, missingAt }: PartitionReport): boolean => !difference && missingAt === undefined;

function render(partitions: readonly PartitionReport[]): string {
  const rows = partitions.map((report) => [
    `${report.topic}-${report.partition}`,
    String(report.equal),
    String(report.notCopied),
    String(report.salvaged),
    verdictOf(report),
    report.hash.slice(0, 12),
  ]);
  const wrong = partitions.find((report) => !isEqual(report));
  return blocks(
    table(['PARTITION', 'EQUAL', 'NOT COPIED', 'SALVAGED', 'RESULT', 'HASH'], rows),
    wrong ? firstDifference(wrong) : 'Both ends hold the same records in the same order.',
  );
}

const verdictOf = ({ difference, missingAt }: PartitionReport): string =>
  missingAt === undefined ? (difference ? 'different' : 'equal') : `not at ${missingAt}`;

function firstDifference({ topic, partition, missingAt, difference }: PartitionReport): string {
  const where = `${topic}-${partition}`;
  if (missingAt !== undefined || !difference) return `${where} is not at ${missingAt}, or not ours to see.`;
  return [`The first difference is in ${where}:`, ...sidesOf(difference)].join('\n');
}

const sidesOf = ({ source, target }: Difference): readonly string[] => [
  `  source  ${source ? recordText(source) : 'nothing there'}`,
  `  target  ${target ? recordText(target) : 'nothing there'}`,
];

const recordText = ({ offset, key, valueBytes, headers, timestamp }: WindowRecord): string =>
  `offset ${offset}, key ${key ?? '(none)'}, ${valueBytes === null ? 'a tombstone' : `${valueBytes} bytes`}, ${headers} headers, ${moment(timestamp as Parameters<typeof moment>[0])}`;
