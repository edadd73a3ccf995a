import type { Environment } from '../environment.js';

/** Whose metrics, spans and log lines these are, as resource attributes of OpenTelemetry. */
export class Origin {
  readonly attributes: Readonly<Record<string, string>>;

  constructor(app: string, { process, site }: Pick<Environment, 'process' | 'site'>) {
    this.attributes = { 'service.name': app, 'service.instance.id': process, 'signalbox.site': site };
  }
}
