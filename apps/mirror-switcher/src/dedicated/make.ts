import { mannerOf, OffsetSyncs, offsetSyncsTopicOf, sourceTopicOf, type TopicLog } from '#libs/kafka';
import { SystemRandom, type Clock } from '#libs/runtime';
import { dedicatedKeysOf, type FlowBy } from '#libs/topology';
import type { EndOffsets } from '../connect-rest.mirror.js';
import type { EpochMarker } from '../epoch-marker.js';
import type { PositionsSource } from '../positions-source.js';
import { parsePartitionKey } from '../topic-partition.js';
import { DedicatedMirror } from './dedicated.mirror.js';
import { DedicatedPositions } from './dedicated.positions.js';
import { MirrorMakerFile } from './mirror-maker-file.js';
import { SyncedPositions } from './synced-positions.js';
import type { Workers } from './workers.js';

const POLL_MS = 250;
/** New workers may go on as the old ones did until they have read the file: within a second or two of their start. */
const QUIET_MS = 3_000;

/** One that a MirrorMaker 2 of its own runs. */
export interface DedicatedParts {
  readonly flow: FlowBy<'dedicated'>;
  readonly properties: MirrorMakerFile;
  readonly workers: Workers;
}

export function propertiesOf(flow: FlowBy<'dedicated'>): MirrorMakerFile {
  return new MirrorMakerFile(flow.driver.file, dedicatedKeysOf(flow), new SystemRandom());
}

/** How far it has come, by what lies at its target; at its source where the syncs were left there. */
export function syncedPositions({ flow, source, target }: Logs, ends: EndOffsets): SyncedPositions {
  const { naming } = mannerOf(flow);
  const log = naming.syncsAt === 'target' ? target : source;
  return new SyncedPositions(new OffsetSyncs(log, offsetSyncsTopicOf(naming)), async () =>
    Object.keys(await ends()).map((key) => {
      const { topic, partition } = parsePartitionKey(key);
      return { topic: sourceTopicOf(naming, topic), partition };
    }),
  );
}

interface Logs {
  readonly flow: FlowBy<'dedicated'>;
  readonly source: TopicLog;
  readonly target: TopicLog;
}

export interface DedicatedResources {
  readonly mirror: DedicatedMirror;
  readonly positions: DedicatedPositions;
}

export function dedicatedResources(
  { flow, properties, workers }: DedicatedParts,
  seen: {
    readonly positions: PositionsSource;
    readonly endOffsets: EndOffsets;
    readonly left: (signal: AbortSignal) => Promise<number>;
  },
  clock: Clock,
): DedicatedResources {
  const ports = { file: properties, workers, ...seen, clock, pollMs: POLL_MS, quietMs: QUIET_MS };
  return {
    mirror: new DedicatedMirror(ports),
    positions: new DedicatedPositions(flow.id, properties, seen.positions),
  };
}

/** The epoch of its groups is its own. */
export const stampIn = (file: MirrorMakerFile): Pick<EpochMarker, 'read' | 'stamp'> => ({
  read: async () => (await file.read()).epoch,
  stamp: async (next, seen) => {
    const held = await file.read();
    return held.epoch === seen && file.write(held, held.value, next, held.isPartial === true);
  },
});
