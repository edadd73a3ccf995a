import 'reflect-metadata';
import { messageOf, SignalboxError } from '#libs/domain';
import { Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Application } from './application.js';
import { SystemClock } from './clock.js';
import { readEnvironment } from './environment.js';
import { EXIT_CODE } from './exit-code.js';
import type { Log } from './log.js';
import { Metrics } from './metrics/metrics.js';
import { Origin } from './metrics/origin.js';
import { watchProcess } from './metrics/process-metrics.js';
import { nestLogger } from './nest-logger.js';
import { PinoLog } from './pino.log.js';
import { SystemRandom } from './random.js';
import { ProcessReadiness } from './readiness.js';
import { startTelemetry } from './tracing/start-telemetry.js';
import type { Telemetry } from './tracing/telemetry-ports.js';
import { RuntimeModule, type Runtime } from './runtime.module.js';

/** Stopping waits for work in progress this long. */
const STOP_TIMEOUT_MS = 10_000;

/** The last spans are worth this wait. */
const FLUSH_TIMEOUT_MS = 1_000;

@Module({})
class Root {}

/** The whole life of a process: environment, configuration, start, and an end with a meaningful exit code. */
export async function run(application: Application): Promise<void> {
  let log: Log | undefined;
  crashOnBugs(() => log);
  try {
    const environment = readEnvironment(application.name, process.env);
    log = new PinoLog(environment.logLevel, { process: environment.process, site: environment.site });
    const clock = new SystemClock();
    const readiness = new ProcessReadiness(log, clock);
    const metrics = new Metrics();
    const origin = new Origin(application.name, environment);
    const runtime = { clock, random: new SystemRandom(), log, readiness, metrics, origin };
    const app = await create(await application.module(environment), runtime);
    const telemetry = environment.otlpEndpoint
      ? await startTelemetry({ endpoint: environment.otlpEndpoint, origin: origin.attributes }, runtime)
      : undefined;
    stopOnSignal(app, runtime, telemetry);
    await application.attach?.(app);
    await app.listen(environment.listen.port, environment.listen.host);
    readiness.started();
    watchProcess(metrics, clock, readiness);
    log.info({ listen: environment.listen }, `${environment.process} is up`);
  } catch (error) {
    process.stderr.write(`${application.name} did not start. ${startProblem(error)}\n`);
    process.exit(startExitCode(error));
  }
}

const create = (module: Type | DynamicModule, runtime: Runtime): Promise<INestApplication> =>
  NestFactory.create(
    { module: Root, imports: [RuntimeModule.register(runtime), module] },
    { logger: nestLogger(runtime.log), abortOnError: false, forceCloseConnections: true },
  );

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const startProblem = (error: unknown): string =>
  error instanceof SignalboxError || codeOf(error) === 'EADDRINUSE' || !(error instanceof Error)
    ? messageOf(error)
    : (error.stack ?? error.message);

function startExitCode(error: unknown): number {
  if (error instanceof SignalboxError) return error.retryable ? EXIT_CODE.unavailable : EXIT_CODE.config;
  return ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES'].includes(String(codeOf(error)))
    ? EXIT_CODE.unavailable
    : EXIT_CODE.software;
}

/** Nobody knows what a bug has left in memory: say it and end; whoever restarts us resumes from the journal. */
function crashOnBugs(log: () => Log | undefined): void {
  const crash = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const current = log();
    if (current) current.error({ stack: text }, `Stopping because of a bug: ${messageOf(error)}`);
    else process.stderr.write(`${text}\n`);
    process.exit(EXIT_CODE.software);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

/** The first signal ends work in progress, a second one ends the process at once. */
function stopOnSignal(app: INestApplication, { log, clock }: Runtime, telemetry: Telemetry | undefined): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(EXIT_CODE.stopTimedOut);
    stopping = true;
    log.info(`Stopping on ${signal}`);
    const outcome = await Promise.race([app.close().then(() => 'stopped' as const), clock.sleep(STOP_TIMEOUT_MS)]);
    if (outcome === undefined) log.warn(`Work in progress did not end within ${STOP_TIMEOUT_MS} ms`);
    await Promise.race([telemetry?.flush(), clock.sleep(FLUSH_TIMEOUT_MS)]);
    process.exit(outcome === undefined ? EXIT_CODE.stopTimedOut : EXIT_CODE.stopped);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}
