import { describe, expect, it } from '@jest/globals';
import { instant } from '#libs/domain';
import { Clock, type Stop } from './clock.js';
import { InMemoryLog } from './log.js';
import { ProcessReadiness } from './readiness.js';

class StoppedClock extends Clock {
  elapsedMs = 0;
  override now = () => instant(this.elapsedMs);
  override monotonicMs = () => this.elapsedMs;
  override sleep = () => Promise.resolve();
  override every = (): Stop => () => undefined;
}

const make = () => {
  const log = new InMemoryLog();
  const clock = new StoppedClock();
  return { log, clock, readiness: new ProcessReadiness(log, clock) };
};

describe('readiness', () => {
  it('is starting until the process has started, and then says what is missing', () => {
    const { readiness, clock } = make();
    readiness.ready('kafka-a');
    readiness.missing('redis', 'Redis at 127.1.0.1:16379 is unreachable: connection refused');
    expect(readiness.report().status).toBe('starting');
    readiness.started();
    clock.elapsedMs = 1_500;
    expect(readiness.report()).toEqual({
      status: 'degraded',
      components: {
        'kafka-a': { state: 'ready' },
        redis: {
          state: 'missing',
          reason: 'Redis at 127.1.0.1:16379 is unreachable: connection refused',
          impact: 'degraded',
          forMs: 1_500,
        },
      },
    });
  });

  it('is blocked only while something is missing without which nothing can be done', () => {
    const { readiness } = make();
    readiness.started();
    readiness.missing('journal', 'no etcd member answers', 'blocked');
    expect(readiness.report().status).toBe('blocked');
    readiness.ready('journal');
    expect(readiness.report().status).toBe('ready');
  });

  it('forgets what is no longer looked at, without saying that it is back', () => {
    const { readiness, log } = make();
    readiness.started();
    readiness.missing('channel chat', 'it answered 503');
    readiness.forget('channel chat');
    expect(readiness.report()).toEqual({ status: 'ready', components: {} });
    expect(log.lines.at(-1)?.message).toBe('channel chat is no longer looked at here');
  });

  it('logs a loss once and a return once, however often they are reported', () => {
    const { readiness, clock, log } = make();
    for (let times = 0; times < 3; times += 1) readiness.ready('redis');
    for (let times = 0; times < 3; times += 1) readiness.missing('redis', `Redis is unreachable: attempt ${times}`);
    clock.elapsedMs = 4_000;
    for (let times = 0; times < 3; times += 1) readiness.ready('redis');
    expect(log.lines).toEqual([
      { level: 'warn', message: 'Redis is unreachable: attempt 0', fields: { condition: 'redis' } },
      { level: 'info', message: 'redis is back', fields: { condition: 'redis', lastedMs: 4_000 } },
    ]);
  });
});
