import { describe, expect, it } from '@jest/globals';
import { clusterId, flowId } from '#libs/domain';
import { InMemoryKafka, openInMemory } from '#libs/kafka';
import { InMemoryLog, Metrics, ProcessReadiness, SystemRandom, type MetricName } from '#libs/runtime';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { FlowProbe } from './flow-probe.js';

const [TOPIC, COPY] = ['probe-ab', 'a.probe-ab'];
const FLOW = flowId('a-to-b');

const probing = ({ copyIsThere = true } = {}) => {
  const clock = new VirtualClock();
  const kafka = (id: string) =>
    new InMemoryKafka({ cluster: clusterId(id), timeoutMs: 400, superUsers: ['User:admin'] }, clock);
  const [source, target] = [kafka('a').createTopic(TOPIC), kafka('b')];
  if (copyIsThere) target.createTopic(COPY);
  const [sourceLog, targetLog] = [openInMemory(source).log, openInMemory(target).log];
  const metrics = new Metrics();
  const readiness = new ProcessReadiness(new InMemoryLog(), clock);
  const runtime = { clock, random: new SystemRandom(), readiness, metrics };
  const probe = new FlowProbe({ flow: FLOW, topic: TOPIC, copy: COPY, sourceLog, targetLog }, runtime, {
    writeEveryMs: 2_000,
    lookEveryMs: 1_000,
  });
  let next = 0;
  /** What a mirror would do: all that is new, but for what is left out. */
  const copy = async (leftOut: readonly number[] = []) => {
    const written = source.partition(TOPIC, 0);
    for (; next < written.length; next++)
      if (!leftOut.includes(next)) await targetLog.append(COPY, 0, [written[next]!]);
  };
  const again = async () => targetLog.append(COPY, 0, [source.partition(TOPIC, 0).at(-1)!]);
  const valueOf = (name: MetricName, outcome?: string) => {
    const [, series] = metrics.read().find(([each]) => each === name) ?? [];
    return series?.find(({ labels }) => outcome === undefined || labels['outcome'] === outcome)?.value ?? 0;
  };
  const count = (outcome: string) => valueOf('signalbox.flow.probe.records', outcome);
  const missing = () => probe.missingMs(clock.monotonicMs());
  return { clock, source, target, targetLog, readiness, probe, copy, again, valueOf, count, missing };
};

describe('records of our own', () => {
  it('are written in sequence, looked for at the target, and measured', async () => {
    const { clock, source, probe, copy, valueOf, count, missing } = probing();
    probe.start();
    await clock.advance(4_500);
    await copy();
    await clock.advance(500);
    const values = source.partition(TOPIC, 0).map(({ value }) => JSON.parse(String(value)) as Record<string, unknown>);
    expect(values.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(new Set(values.map(({ writer }) => writer)).size).toBe(1);
    expect(values[1]).toMatchObject({ writtenAt: '2026-01-01T00:00:02.000Z' });
    expect([count('written'), count('arrived'), count('lost'), count('repeated')]).toEqual([3, 3, 0, 0]);
    expect(valueOf('signalbox.flow.probe.time')).toBe(1);
    expect(missing()).toBe(0);
    await clock.advance(7_000);
    expect(valueOf('signalbox.flow.probe.age')).toBe(7);
    expect(valueOf('signalbox.flow.probe.missing.time')).toBe(6);
    expect(missing()).toBe(6_000);
  });

  it('tell what a mirror left out and what it copied twice', async () => {
    const { clock, probe, copy, again, count } = probing();
    probe.start();
    await clock.advance(500);
    await copy();
    await clock.advance(6_000);
    await copy([2]);
    await again();
    await clock.advance(1_000);
    expect([count('arrived'), count('lost'), count('repeated')]).toEqual([3, 1, 1]);
  });

  it('prove nothing where they were never written, and hold up nothing', async () => {
    const { clock, source, probe, count, missing } = probing();
    source.refusedLogins.add('User:admin');
    probe.start();
    await clock.advance(20_000);
    source.refusedLogins.clear();
    for (const condition of ['leaderless', 'killed', 'frozen'] as const) {
      source.condition = condition;
      await clock.advance(20_000);
    }
    expect(missing()).toBe(0);
    expect([count('written'), Number(count('unwritten')) > 20]).toEqual([0, true]);
  });

  it('are missing as long as the target is seen not to have them, a topic that is not there included', async () => {
    const { clock, target, probe, copy, readiness, missing } = probing({ copyIsThere: false });
    probe.start();
    await clock.advance(30_000);
    expect(missing()).toBe(30_000);
    expect(readiness.report().components['probe of flow a-to-b']).toEqual({ state: 'ready' });
    target.createTopic(COPY);
    await clock.advance(1_000);
    await copy();
    await clock.advance(1_000);
    expect(missing()).toBe(0);
  });

  it('say nothing of a target that cannot be looked at, and what is missing then', async () => {
    const { clock, target, probe, readiness, missing } = probing();
    probe.start();
    await clock.advance(5_500);
    target.condition = 'killed';
    await clock.advance(60_000);
    expect(missing()).toBe(5_000);
    expect(readiness.report().components['probe of flow a-to-b']).toMatchObject({
      state: 'missing',
      reason: expect.stringContaining('copies in a.probe-ab cannot be looked for'),
    });
  });

  it('are told from those of others and from anything else', async () => {
    const { clock, targetLog, probe, missing, count } = probing();
    const strange = ['x', 'null', '{}', '{"writer":"other","sequence":9,"writtenAt":"","sentMs":0}'];
    await targetLog.append(COPY, 0, [{ value: null }]);
    probe.start();
    await clock.advance(5_000);
    for (const text of strange) await targetLog.append(COPY, 0, [{ value: Buffer.from(text) }]);
    await clock.advance(1_000);
    expect([missing(), count('arrived')]).toEqual([6_000, 0]);
  });
});
