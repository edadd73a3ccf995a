import { OtlpReceiver } from '../support/otlp-receiver.js';
import type { Lab } from '../lab/lab.js';
import { PORTS, SITES } from '../lab/layout.js';
import { BenchError } from './bench-error.js';
import { measureFailover } from './failover.js';
import { signalboxAt } from '../lab/app.js';

/** What a failover leaves in its trace, from the first bad round to the answer of the name servers. */
const CHAIN = [
  'probe.round',
  'verdict',
  'decision',
  'step.seal',
  'step.apply',
  'effect',
  'read-back',
  'dns.authoritative',
];

export interface TelemetryReport {
  readonly figures: {
    /** In which one failover is told, with all of CHAIN; the most of any run. */
    readonly traceIds: number;
    /** Time above the dwell with telemetry, as a share of that without; medians. */
    readonly ratioAboveDwell: number;
    /** Processor time for each second of a process's life. */
    readonly cpuRatio: number;
    readonly rssRatio: number;
  };
  readonly aboveDwellMs: { readonly without: readonly number[]; readonly with: readonly number[] };
  /** Of the spans of each failover with telemetry. */
  readonly spans: readonly number[];
}

interface Cost {
  readonly cpuShare: number;
  readonly rssBytes: number;
}

/** Failovers in the lab, without and with a collector in turn, so that both see the same machine. */
export async function benchTelemetry(runs: number, say: (line: string) => void): Promise<TelemetryReport> {
  const without: (Cost & { totalMs: number })[] = [];
  const withIt: (Cost & { totalMs: number })[] = [];
  const traceIds: number[] = [];
  const spans: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    without.push(await measured(undefined, say));
    const receiver = await OtlpReceiver.open();
    try {
      withIt.push(await measured(receiver.endpoint, say));
      traceIds.push(whole(receiver));
      spans.push(receiver.spans.length);
    } finally {
      await receiver.close();
    }
    say(`run ${run} of ${runs}: ${without.at(-1)?.totalMs} ms without, ${withIt.at(-1)?.totalMs} ms with`);
  }
  const ratio = (of: (sample: Cost & { totalMs: number }) => number): number =>
    rounded(median(withIt.map(of)) / median(without.map(of)));
  return {
    figures: {
      traceIds: Math.max(...traceIds),
      ratioAboveDwell: ratio(({ totalMs }) => totalMs),
      cpuRatio: ratio(({ cpuShare }) => cpuShare),
      rssRatio: ratio(({ rssBytes }) => rssBytes),
    },
    aboveDwellMs: { without: without.map(({ totalMs }) => totalMs), with: withIt.map(({ totalMs }) => totalMs) },
    spans,
  };
}

export const telemetryInWords = ({ figures, aboveDwellMs, spans }: TelemetryReport): string =>
  [
    `A failover is told in ${figures.traceIds} trace, of ${spans.join(', ')} spans in all.`,
    `Above the dwell: ${aboveDwellMs.without.join(', ')} ms without, ${aboveDwellMs.with.join(', ')} ms with telemetry.`,
    `With telemetry as a share of without: time ${figures.ratioAboveDwell}, processor ${figures.cpuRatio}, memory ${figures.rssRatio}.`,
  ].join('\n');

/** One failover, on a lab of its own. */
async function measured(endpoint: string | undefined, say: (line: string) => void) {
  const before = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint ?? '';
  try {
    let cost: Cost | undefined;
    const { totalMs } = await measureFailover(say, async (lab) => void (cost = await costOf(lab)));
    if (cost === undefined) throw new BenchError('no process said what it costs');
    return { totalMs, ...cost };
  } finally {
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = before ?? '';
  }
}

/** Traces that tell a failover whole. @throws BenchError when there is none */
function whole({ traces }: OtlpReceiver): number {
  const decided = [...traces.values()].filter((trace) =>
    trace.some(({ name, attributes }) => name === 'decision' && attributes['signalbox.run.kind'] === 'failover'),
  );
  const missing = decided.map((trace) => CHAIN.filter((link) => !trace.some(({ name }) => name === link)));
  if (decided.length === 0) throw new BenchError('no trace tells of the decision');
  if (missing.flat().length > 0) throw new BenchError(`the trace lacks ${missing.flat().join(', ')}`);
  return decided.length;
}

/** Of all processes that answer; those of the lost site do not. */
async function costOf(lab: Lab): Promise<Cost> {
  const asked = SITES.flatMap((site) =>
    signalboxAt(site).map((app) => figuresOf(`http://${lab.layout.address(site)}:${PORTS[app]}/metrics`)),
  );
  const found = (await Promise.all(asked)).flatMap((figures) => figures ?? []);
  const sum = (name: string) => found.reduce((total, figures) => total + (figures.get(name) ?? 0), 0);
  return {
    cpuShare: sum('process_cpu_time_seconds_total') / sum('process_uptime_seconds'),
    rssBytes: sum('process_memory_usage_bytes') / found.length,
  };
}

async function figuresOf(url: string): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const text = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
    return new Map(
      [...text.matchAll(/^(process_\w+)\{[^}]*\} (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
    );
  } catch {
    return undefined;
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
const rounded = (ratio: number): number => Math.round(ratio * 1_000) / 1_000;
