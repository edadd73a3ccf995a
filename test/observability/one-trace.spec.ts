import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clusterId, flowId, processId, type SiteId, type Vote } from '#libs/domain';
import { keys } from '#libs/journal';
import type { EventBus } from '#libs/messaging';
import { InMemoryLog, Metrics, startTelemetry, SystemRandom, type Telemetry } from '#libs/runtime';
import type { FlowWatch } from '../../apps/health-monitor/src/lag/flow-watch.js';
import type { RoundReport } from '../../apps/health-monitor/src/probing/cluster-watch.js';
import { Reporting } from '../../apps/health-monitor/src/reporting.js';
import type { VoteKeeper } from '../../apps/health-monitor/src/voting/vote-keeper.js';
import { FencedWorld } from '../support/fenced-world.js';
import { a, b, Stage, stageKey, w } from '../support/group-stage.js';
import { OtlpReceiver } from '../support/otlp-receiver.js';

const round = (opinion: 'up' | 'down', failedForMs: number): RoundReport => ({
  cluster: clusterId(opinion === 'up' ? 'kafka-b' : 'kafka-a'),
  opinion,
  reason: opinion,
  failedForMs,
  healthyForMs: opinion === 'up' ? 60_000 : 0,
  goodRounds: opinion === 'up' ? 20 : 0,
  lagAtMs: 0,
  probes: [{ probe: 'produce', ok: opinion === 'up', latencyMs: 400 }],
});

const inbound = {
  source: clusterId('kafka-a'),
  lag: () => ({ flow: flowId('a-to-b'), lagRecords: 10, lagMs: 10, sampleAgeMs: 100 }),
  rebornBecause: () => undefined,
} as unknown as FlowWatch;

/** The monitor of a site, which puts its votes right into the journal. */
function monitor(stage: Stage, site: SiteId) {
  const cast: Vote[] = [];
  const keeper = { offer: (vote: Vote) => cast.push(vote), isRecorded: true } as unknown as VoteKeeper;
  const bus = { publish: () => undefined } as unknown as EventBus;
  const speaker = { site, process: processId(`health-monitor@${site}`), key: stageKey(site), configHash: 'x' };
  const runtime = { clock: stage.clock, random: new SystemRandom(), log: new InMemoryLog() };
  const reporting = new Reporting(speaker, runtime, keeper, bus);
  return async (report: RoundReport) => {
    reporting.report(report, site === b ? [inbound] : []);
    const vote = cast.at(-1);
    if (!vote) throw new Error('nothing was said');
    const key = keys.vote(vote.cluster, site, vote.process);
    await stage.journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: JSON.stringify(vote) }] });
  };
}

describe('a failover', () => {
  let stage: Stage;
  let world: FencedWorld;
  beforeEach(async () => {
    stage = new Stage();
    world = new FencedWorld(stage);
    await stage.allWell();
  });
  afterEach(() => world.stop());

  const failOver = async () => {
    const loop = stage.orchestrator('b');
    await loop.settle();
    world.start(b);
    await stage.silence(a);
    const monitors = [b, w].map((site) => monitor(stage, site));
    for (const failedForMs of [2_000, 5_000, 9_000]) {
      await stage.clock.advance(1_000);
      for (const report of monitors) {
        await report(round('down', failedForMs));
        await report(round('up', 0));
      }
    }
    await world.play(loop, 20_000);
    expect(await stage.state()).toMatchObject({ active: 'b' });
  };

  describe('with a collector', () => {
    let receiver: OtlpReceiver;
    let telemetry: Telemetry;
    let metrics: Metrics;
    beforeEach(async () => {
      receiver = await OtlpReceiver.open();
      metrics = new Metrics();
      const ports = { clock: stage.clock, log: new InMemoryLog(), metrics };
      telemetry = await startTelemetry({ endpoint: receiver.endpoint, origin: { 'service.name': 'all' } }, ports);
    });
    afterEach(async () => {
      telemetry.stop();
      await receiver.close();
    });

    it('is one trace, from the first bad round to the answer of the name', async () => {
      await failOver();
      await telemetry.flush();
      const decided = receiver.spans.filter(({ name }) => name === 'decision');
      expect(decided).toHaveLength(1);
      const trace = receiver.traces.get(decided[0]?.traceId ?? '') ?? [];
      const names = new Set(trace.map(({ name }) => name));
      expect([...names]).toEqual(
        expect.arrayContaining(['probe.round', 'verdict', 'decision', 'run', 'step.seal', 'step.apply', 'effect']),
      );
      // Every step of the run is in it, with its effect and what was read back.
      const [run] = await stage.runs();
      const performed = trace
        .filter(({ name }) => name.startsWith('step.'))
        .map((span) => span.attributes['signalbox.step']);
      const steps = run?.plan.steps.filter(({ runsAt }) => runsAt === b).map(({ name }) => name);
      expect(new Set(performed)).toEqual(new Set(steps));
      const answer = trace.find(
        ({ name, attributes }) => name === 'verify' && attributes['signalbox.resource'] === 'name/kafka.example',
      );
      expect(answer).toBeDefined();
      // From one to the next without a gap.
      const ids = new Set(trace.map(({ spanId }) => spanId));
      const roots = trace.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
      expect(roots.map(({ name }) => name)).toEqual(['probe.round']);
      expect(trace.every(({ durationNs }) => durationNs >= 0n)).toBe(true);
      // The other vantage's rounds are a trace of their own, and linked.
      const other = receiver.spans.find(
        ({ name, traceId }) => name === 'probe.round' && traceId !== decided[0]?.traceId,
      );
      const linked = trace.flatMap(({ links }) => links.map(({ traceId }) => traceId));
      expect(linked).toEqual([other?.traceId]);
    });

    it('goes on as ever when the collector takes nothing', async () => {
      receiver.status = 500;
      await failOver();
      await telemetry.flush();
      expect(receiver.spans).toEqual([]);
      const spans = metrics.read().find(([name]) => name === 'signalbox.spans');
      expect(spans?.[1].map(({ labels }) => labels)).toEqual([{ outcome: 'dropped' }]);
    });
  });

  it('writes nothing of traces into the journal while nobody records them', async () => {
    await failOver();
    const { entries } = await stage.journal.read('/signalbox/');
    expect(entries.filter(({ value }) => value.includes('traceparent'))).toEqual([]);
  });
});
