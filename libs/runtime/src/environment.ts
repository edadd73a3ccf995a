import { processId, SignalboxError, siteId, type ProcessId, type SiteId } from '#libs/domain';
import { z } from 'zod';

/** What a process is told by its environment; everything else stands in signalbox.yaml. */
export interface Environment {
  /** SIGNALBOX_CONFIG: path of signalbox.yaml. */
  readonly configPath: string;
  /** SIGNALBOX_SITE: where this process runs. */
  readonly site: SiteId;
  /** SIGNALBOX_LISTEN: where it answers /healthz, /readyz and, if it has one, its API. */
  readonly listen: { readonly host: string; readonly port: number };
  /** SIGNALBOX_PROCESS: stable across restarts; `<app>@<site>` when absent. */
  readonly process: ProcessId;
  readonly logLevel: LogLevel;
  /** OTEL_EXPORTER_OTLP_ENDPOINT: the collector that spans and metrics are sent to; nothing is sent when absent. */
  readonly otlpEndpoint?: string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The environment cannot be used; names every variable that is wrong, and no value. */
export class EnvironmentError extends SignalboxError {
  readonly code = 'SB_ENVIRONMENT_INVALID';
  readonly retryable = false;
}

const LISTEN_FORM = 'host:port, for example 127.0.0.1:8080';
const Listen = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:]+):\d{1,5}$/, LISTEN_FORM)
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, 'host:port with a port up to 65535');

const COLLECTOR_FORM = 'the address of a collector, for example http://127.0.0.1:4318, without user or password';
const Variables = z.object({
  SIGNALBOX_CONFIG: z.string('the path of signalbox.yaml').min(1, 'the path of signalbox.yaml'),
  SIGNALBOX_SITE: z.string('the id of the site it runs in').min(1, 'the id of the site it runs in').transform(siteId),
  SIGNALBOX_LISTEN: Listen.default({ host: '127.0.0.1', port: 8080 }),
  SIGNALBOX_PROCESS: z.string().min(1, 'an id, or leave it out').transform(processId).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .literal('')
    .or(z.url({ protocol: /^https?$/, error: COLLECTOR_FORM }))
    .optional()
    .refine((text) => !/\/\/[^/]*@/.test(text ?? ''), COLLECTOR_FORM),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'one of debug, info, warn, error').default('info'),
});

/** @throws EnvironmentError */
export function readEnvironment(app: string, variables: NodeJS.ProcessEnv): Environment {
  const parsed = Variables.safeParse(variables);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: write ${message}`);
    throw new EnvironmentError(`The environment of ${app} cannot be used:\n${lines.join('\n')}`);
  }
  const { data } = parsed;
  return {
    configPath: data.SIGNALBOX_CONFIG,
    site: data.SIGNALBOX_SITE,
    listen: data.SIGNALBOX_LISTEN,
    process: data.SIGNALBOX_PROCESS ?? processId(`${app}@${data.SIGNALBOX_SITE}`),
    logLevel: data.LOG_LEVEL,
    ...(data.OTEL_EXPORTER_OTLP_ENDPOINT && {
      otlpEndpoint: data.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, ''),
    }),
  };
}
