import { PositionBook, type OffsetSyncs } from '#libs/kafka';
import type { Spent } from './spent.js';
import { spend } from './spent.js';
import { PositionStage } from './position-stage.js';
import { spreadOf } from './spread.js';

const WARM_UP = 10;
/** Pairs of sweeps, ours and that of plain calls, in turn: who comes second finds warm caches. */
const PAIRS = 7;
const SALVAGED = 100_000;

/** What `npm run bench -- positions --json` prints. */
export interface PositionsReport {
  readonly figures: {
    readonly partitions: number;
    /** By CPU time of this process, the waste collector's included. */
    readonly endOffsetsPerSecondPerCore: number;
    /** Wall time of a sweep of ends: ours over that of plain kafkajs calls, ten at a time; the median of the pairs. */
    readonly ratioToKafkajs: number;
    /** The same over the client that our sweep's sockets come from, one public call for each topic. */
    readonly ratioToCallPerTopic: number;
    /** Medians of one sweep of ends, in wall time. */
    readonly sweepMs: { readonly ours: number; readonly kafkajs: number; readonly callPerTopic: number };
    /** Partitions per second of CPU time, for the same sweep. */
    readonly perSecondPerCore: { readonly ours: number; readonly kafkajs: number; readonly callPerTopic: number };
    /** Both ends, offset syncs and the positions computed of them, as a median: wall and CPU time. */
    readonly fullSweepMs: number;
    readonly fullSweepCpuMs: number;
    readonly fullPerSecondPerCore: number;
    /** Offset syncs that were caught up with from the beginning, by CPU time. */
    readonly syncsPerSecondPerCore: number;
    /** Stranded records of 100 bytes with keys, replayed and accounted for, by CPU time. */
    readonly salvageRecordsPerSecondPerCore: number;
    /** Of this process after all of our sweeps, and before the first one of another client. */
    readonly rssMb: number;
  };
}

/** On one real broker, which stands for both ends of a flow: each end has a client and sockets of its own. */
export async function benchPositions(partitions: number, say: (line: string) => void): Promise<PositionsReport> {
  const stage = await PositionStage.set(partitions, say);
  try {
    for (let round = 0; round < WARM_UP; round++) await stage.ends();
    say('following the offset syncs from their beginning');
    const syncs = await spend(() => stage.followSyncs());
    say('full sweeps');
    const full = await fullSweeps(stage);
    const rssMb = Math.round(process.memoryUsage().rss / 1_048_576);
    say('sweeps in turn: ours, plain kafkajs, one call for each topic');
    const sweeps = await inTurn(stage);
    say(`salvaging ${SALVAGED} records`);
    const salvaged = await salvage(stage);
    return { figures: figuresOf(partitions, { syncs, full, sweeps, salvaged, rssMb }) };
  } finally {
    await stage.end();
  }
}

async function salvage(stage: PositionStage): Promise<Spent> {
  const load = stage.stranded(SALVAGED);
  try {
    await load.write();
    return await spend(() => load.salvage());
  } finally {
    await load.close();
  }
}

interface Sweeps {
  readonly ours: Spent[];
  readonly kafkajs: Spent[];
  readonly callPerTopic: Spent[];
}

interface Measured {
  readonly syncs: Spent;
  readonly full: readonly Spent[];
  readonly sweeps: Sweeps;
  readonly salvaged: Spent;
  readonly rssMb: number;
}

async function inTurn(stage: PositionStage): Promise<Sweeps> {
  const sweeps: Sweeps = { ours: [], kafkajs: [], callPerTopic: [] };
  await stage.endsByKafkajs();
  await stage.endsByCallPerTopic();
  for (let pair = 0; pair < PAIRS; pair++) {
    sweeps.ours.push(await spend(() => stage.ends()));
    sweeps.kafkajs.push(await spend(() => stage.endsByKafkajs()));
    sweeps.callPerTopic.push(await spend(() => stage.endsByCallPerTopic()));
  }
  return sweeps;
}

/** As a health-monitor does it every few seconds. */
async function fullSweeps(stage: PositionStage): Promise<readonly Spent[]> {
  const book = new PositionBook({ targetTopic: (topic) => topic, mustExist: [], isTransactional: false });
  const { trail } = await stage.followSyncs();
  const spent: Spent[] = [];
  for (let round = 0; round < PAIRS; round++) spent.push(await spend(() => fullSweep(stage, book, trail)));
  return spent;
}

async function fullSweep(stage: PositionStage, book: PositionBook, syncs: OffsetSyncs['trail']): Promise<void> {
  const atMs = stage.nowMs();
  const targetEnds = await stage.targetEnds();
  await stage.followSyncs();
  book.sawMirror({ atMs, endedAtMs: stage.nowMs(), targetEnds, syncs });
  book.sawSource({ atMs: stage.nowMs(), ends: await stage.ends() });
  book.sample(stage.nowMs());
}

function figuresOf(partitions: number, { syncs, full, sweeps, salvaged, rssMb }: Measured): PositionsReport['figures'] {
  const perCore = (spent: readonly Spent[]): number => {
    const cpuMs = spent.reduce((sum, one) => sum + one.cpuMs, 0);
    return Math.round((partitions * spent.length * 1_000) / cpuMs);
  };
  const ratioTo = (other: readonly Spent[]): number =>
    hundredths(spreadOf(sweeps.ours.map(({ wallMs }, index) => wallMs / (other[index]?.wallMs ?? NaN))).median);
  return {
    partitions,
    endOffsetsPerSecondPerCore: perCore(sweeps.ours),
    ratioToKafkajs: ratioTo(sweeps.kafkajs),
    ratioToCallPerTopic: ratioTo(sweeps.callPerTopic),
    sweepMs: {
      ours: medianOf(sweeps.ours, 'wallMs'),
      kafkajs: medianOf(sweeps.kafkajs, 'wallMs'),
      callPerTopic: medianOf(sweeps.callPerTopic, 'wallMs'),
    },
    perSecondPerCore: {
      ours: perCore(sweeps.ours),
      kafkajs: perCore(sweeps.kafkajs),
      callPerTopic: perCore(sweeps.callPerTopic),
    },
    fullSweepMs: medianOf(full, 'wallMs'),
    fullSweepCpuMs: medianOf(full, 'cpuMs'),
    fullPerSecondPerCore: perCore(full),
    syncsPerSecondPerCore: perCore([syncs]),
    salvageRecordsPerSecondPerCore: Math.round((SALVAGED * 1_000) / salvaged.cpuMs),
    rssMb,
  };
}

const medianOf = (spent: readonly Spent[], of: keyof Spent): number =>
  hundredths(spreadOf(spent.map((one) => one[of])).median);

const hundredths = (value: number): number => Number(value.toFixed(2));

/** The report as text. */
export function positionsInWords({ figures }: PositionsReport): string {
  const { sweepMs, perSecondPerCore } = figures;
  const row = (name: string, wallMs: number, perCore: number) =>
    `  ${name.padEnd(34)}${String(wallMs).padStart(10)} ms${String(perCore).padStart(12)} a second of CPU time`;
  return [
    `Ends of ${figures.partitions} partitions of one broker, medians:`,
    row('ours', sweepMs.ours, perSecondPerCore.ours),
    row('plain kafkajs, ten at a time', sweepMs.kafkajs, perSecondPerCore.kafkajs),
    row('one call for each topic', sweepMs.callPerTopic, perSecondPerCore.callPerTopic),
    `Wall time over that of kafkajs: ${figures.ratioToKafkajs}`,
    `Both ends, offset syncs and positions: ${figures.fullSweepMs} ms, ${figures.fullSweepCpuMs} ms of CPU time`,
    `Offset syncs from the beginning: ${figures.syncsPerSecondPerCore} a second of CPU time; memory ${figures.rssMb} MB`,
    `Stranded records salvaged: ${figures.salvageRecordsPerSecondPerCore} a second of CPU time`,
  ].join('\n');
}
