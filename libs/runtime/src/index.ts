export type { Application } from './application.js';
export { bootstrap } from './bootstrap.js';
export { Clock, SystemClock, type Stop } from './clock.js';
export { ConditionLog } from './condition-log.js';
export { EnvironmentError, readEnvironment, type Environment, type LogLevel } from './environment.js';
export { allOrEveryProblem, SeveralProblemsError } from './every-problem.js';
export { EXIT_CODE } from './exit-code.js';
export { guardedFetch, guardedLookup, isLinkLocal, LinkLocalError } from './guarded-fetch.js';
export { InMemoryLog, Log, type LogEntry } from './log.js';
export { METRICS, type MetricName } from './metrics/catalogue.js';
export { exposition, prometheusLabels, prometheusName, prometheusSeries } from './metrics/exposition.js';
export { Metrics } from './metrics/metrics.js';
export { metricsPage } from './metrics/metrics-page.js';
export { Random, SystemRandom } from './random.js';
export {
  ProcessReadiness,
  Readiness,
  type ComponentState,
  type Figures,
  type Impact,
  type ReadinessReport,
} from './readiness.js';
export { readSecret, SecretError } from './secret.js';
export { beginSpan, continueTrace, inSpan, openSpan, traceparent, type BegunSpan } from './telemetry.js';
export { startTelemetry } from './tracing/start-telemetry.js';
export type { Telemetry } from './tracing/telemetry-ports.js';
export { largestJumpMs, TimeSense, type TimeSample } from './time-sense.js';
