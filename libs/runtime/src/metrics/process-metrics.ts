import type { Clock, Stop } from '../clock.js';
import type { Readiness } from '../readiness.js';
import { largestJumpMs, TimeSense } from '../time-sense.js';
import type { Metrics } from './metrics.js';

const WINDOW_MS = 60_000;
const TURN_MS = 1_000;

/** What every process tells of itself: that it turns, how time passes for it, what it has, and what it costs. */
export function watchProcess(metrics: Metrics, clock: Clock, readiness: Readiness): Stop {
  const sense = new TimeSense(clock, WINDOW_MS);
  const stops = [sense.start(), clock.every(TURN_MS, async () => turn(metrics, clock))];
  metrics.beforeReading(() => {
    const samples = sense.all();
    metrics.set('nodejs.eventloop.delay.max', {}, Math.max(0, ...samples.map(({ lagMs }) => lagMs)) / 1_000);
    metrics.set('signalbox.clock.jump', {}, Math.abs(largestJumpMs(samples)) / 1_000);
    cost(metrics);
    presence(metrics, readiness);
  });
  return () => {
    for (const stop of stops) stop();
  };
}

/** By a timer of its own and not when it is read: only so does it tell a process that hangs from one that works. */
const turn = (metrics: Metrics, clock: Clock): void => metrics.set('signalbox.watchdog.time', {}, clock.now() / 1_000);

function cost(metrics: Metrics): void {
  const { user, system } = process.cpuUsage();
  metrics.total('process.cpu.time', {}, (user + system) / 1_000_000);
  metrics.set('process.memory.usage', {}, process.memoryUsage.rss());
  metrics.set('process.uptime', {}, process.uptime());
}

function presence(metrics: Metrics, readiness: Readiness): void {
  const { status, components } = readiness.report();
  metrics.set('signalbox.ready', {}, status === 'ready' || status === 'degraded' ? 1 : 0);
  const rows = Object.entries(components).map(
    ([component, { state }]) => [{ component }, state === 'ready' ? 1 : 0] as const,
  );
  metrics.replace('signalbox.component.up', {}, rows);
}
