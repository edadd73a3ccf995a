import { messageOf, type FlowId } from '#libs/domain';
import { KafkaRefusedError, LogTail, type StoredRecord, type TopicLog } from '#libs/kafka';
import type { Clock, Metrics, Random, Readiness, Stop } from '#libs/runtime';
import { ProbeBook } from './probe-book.js';
import { probeValue, readProbe } from './probe-record.js';

/** One partition is enough: more would prove no more. */
const PARTITION = 0;

export interface ProbedFlow {
  readonly flow: FlowId;
  readonly topic: string;
  /** The copy's name at the target. */
  readonly copy: string;
  /** On connections of their own: a write that waits holds up nothing else. */
  readonly sourceLog: TopicLog;
  readonly targetLog: TopicLog;
}

export interface ProbeRuntime {
  readonly clock: Clock;
  readonly random: Random;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

export interface ProbePace {
  readonly writeEveryMs: number;
  readonly lookEveryMs: number;
}

/**
 * Writes records of our own at a flow's source and looks for their copies at its target. A write that fails is just not
 * written: a source that is fenced refuses it, one that is lost does not answer, and neither says anything of the flow.
 */
export class FlowProbe {
  private readonly writer: string;
  private readonly book = new ProbeBook();
  private readonly tail: LogTail;
  private sequence = 0;

  constructor(
    private readonly probed: ProbedFlow,
    private readonly runtime: ProbeRuntime,
    private readonly pace: ProbePace,
  ) {
    this.writer = runtime.random.id();
    const reader = { take: (record: StoredRecord) => this.take(record), startAnew: () => this.book.startAnew() };
    this.tail = new LogTail(probed.targetLog, probed.copy, reader, 'end');
  }

  start(): Stop {
    const { clock } = this.runtime;
    const stops = [
      clock.every(this.pace.writeEveryMs, () => this.write()),
      clock.every(this.pace.lookEveryMs, () => this.look()),
    ];
    return () => stops.forEach((stop) => stop());
  }

  get topic(): string {
    return this.probed.topic;
  }

  /** As `ProbeBook` has it. */
  missingMs(nowMs: number): number {
    return this.book.missingMs(nowMs);
  }

  private async write(): Promise<void> {
    const { clock } = this.runtime;
    const sequence = ++this.sequence;
    const writtenAt = new Date(clock.now()).toISOString();
    const value = probeValue({ writer: this.writer, sequence, writtenAt, sentMs: clock.monotonicMs() });
    const isWritten = await this.append({ key: Buffer.from(this.writer), value });
    if (isWritten) this.book.acknowledged(sequence, clock.monotonicMs());
    this.count(isWritten ? 'written' : 'unwritten');
  }

  private async append(record: { readonly key: Buffer; readonly value: Buffer }): Promise<boolean> {
    try {
      const { outcome } = await this.probed.sourceLog.append(this.probed.topic, PARTITION, [record]);
      return outcome === 'appended';
    } catch {
      return false;
    }
  }

  private async look(): Promise<void> {
    const { clock, readiness } = this.runtime;
    const atMs = clock.monotonicMs();
    const component = `probe of flow ${this.probed.flow}`;
    try {
      if (await this.reachesEnd()) this.book.lookedAt(atMs);
      readiness.ready(component);
    } catch (error) {
      readiness.missing(component, `copies in ${this.probed.copy} cannot be looked for: ${messageOf(error)}`);
    }
    this.measure();
  }

  private async reachesEnd(): Promise<boolean> {
    try {
      return await this.tail.follow();
    } catch (error) {
      // Not there before the mirror has copied anything: that is what a copy of nothing looks like.
      if (error instanceof KafkaRefusedError && error.reason === 'UNKNOWN_TOPIC_OR_PARTITION') return true;
      throw error;
    }
  }

  private take({ value }: StoredRecord): void {
    const record = readProbe(value);
    if (record?.writer !== this.writer) return;
    const nowMs = this.runtime.clock.monotonicMs();
    const { lost, isRepeated } = this.book.arrived(record.sequence, nowMs);
    this.count('lost', lost);
    this.count(isRepeated ? 'repeated' : 'arrived');
    const { flow } = this.probed;
    if (!isRepeated) this.runtime.metrics.set('signalbox.flow.probe.time', { flow }, seconds(nowMs - record.sentMs));
  }

  private measure(): void {
    const { clock, metrics } = this.runtime;
    const { flow } = this.probed;
    const nowMs = clock.monotonicMs();
    const ageMs = this.book.sinceArrivalMs(nowMs);
    if (ageMs !== undefined) metrics.set('signalbox.flow.probe.age', { flow }, seconds(ageMs));
    metrics.set('signalbox.flow.probe.missing.time', { flow }, seconds(this.missingMs(nowMs)));
  }

  private count(outcome: string, by = 1): void {
    this.runtime.metrics.count('signalbox.flow.probe.records', { flow: this.probed.flow, outcome }, by);
  }
}

const seconds = (ms: number): number => ms / 1_000;
