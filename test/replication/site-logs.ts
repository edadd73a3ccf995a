import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '#libs/runtime';
import { dumpArguments, segmentsOf } from '../demo/segment-dump.js';
import { waitFor } from '../demo/steady.js';
import { java } from '../lab/java.js';
import type { Lab } from '../lab/lab.js';
import { KAFKA_SITES, type KafkaSite } from '../lab/layout.js';
import { committedRecords, type LaidDown } from './segment-log.js';
import { TOPICS } from './topics.js';

const DUMP_TIMEOUT_MS = 120_000;
const DUMP_MAX_BYTES = 1_024 * 1_024 * 1_024;
const TOPIC_ID = /^topic_id: (?<id>\S+)$/m;

/** In the order of offsets. By Kafka's own tool, from the files of the broker. One that compaction takes away meanwhile is a reason to look again. */
export function logOf(lab: Lab, site: KafkaSite, clock: Clock): Promise<readonly LaidDown[]> {
  return waitFor(`dump of ${site}`, { clock, withinMs: DUMP_TIMEOUT_MS }, async () => {
    const folder = lab.run.file(site, 'kafka');
    const segments = TOPICS.flatMap(({ topic }) => segmentsOf(folder, topic)).toSorted();
    const { file, args } = java(lab.run, `${site}.dump`, 'none', dumpArguments(segments));
    const limits = { timeout: DUMP_TIMEOUT_MS, maxBuffer: DUMP_MAX_BYTES };
    const { stdout } = await promisify(execFile)(file, [...args], limits);
    return committedRecords(stdout).toSorted((one, other) => one.offset - other.offset);
  });
}

/** By site and partition, as in `a orders-0`. */
export type TopicIds = Readonly<Record<string, string>>;

/** Under which ids both brokers keep the partitions: a topic that was deleted and created again has another one. */
export const topicIdsIn = (lab: Lab): TopicIds =>
  Object.fromEntries(
    KAFKA_SITES.flatMap((site) => {
      const folder = lab.run.file(site, 'kafka');
      const names = readdirSync(folder).filter((name) => TOPICS.some(({ topic }) => isPartitionOf(topic, name)));
      return names.map((name) => [`${site} ${name}`, topicIdIn(join(folder, name))] as const);
    }),
  );

const isPartitionOf = (topic: string, folder: string): boolean =>
  folder.startsWith(`${topic}-`) && /^\d+$/.test(folder.slice(topic.length + 1));

const topicIdIn = (folder: string): string =>
  TOPIC_ID.exec(readFileSync(join(folder, 'partition.metadata'), 'utf8'))?.groups?.['id'] ?? 'none';
