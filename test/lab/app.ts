import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LabSite, type Layout, PORTS, SITES } from './layout.js';
import { type Command, type Part, READY_WITHIN_MS } from './part.js';
import type { RunDirectory } from './run-directory.js';
import { configFile } from './topology-file.js';

const PROBE_TIMEOUT_MS = 1_000;
const APPS = join(import.meta.dirname, '..', '..', 'apps');

/** What runs where. A witness has a vantage point, an orchestrator and a notifier, and nothing to act on. */
const AT_WITNESS = ['health-monitor', 'orchestrator', 'notifier'] as const;
const AT_SITE = [...AT_WITNESS, 'site-guard', 'dns-switcher', 'mirror-switcher', 'config-switcher'] as const;
export type AppName = (typeof AT_SITE)[number];

export const isSignalbox = (name: string): name is AppName => (AT_SITE as readonly string[]).includes(name);

/** One Signalbox process of a site, started as in production: by its environment and signalbox.yaml. */
export class AppPart implements Part {
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports;

  constructor(
    readonly site: LabSite,
    readonly name: AppName,
    private readonly layout: Layout,
    private readonly run: RunDirectory,
  ) {
    this.ports = [{ port: PORTS[name], use: name }];
  }

  prepare(): Promise<Command> {
    const env = {
      NODE_ENV: 'production',
      SIGNALBOX_CONFIG: this.run.file(configFile),
      SIGNALBOX_SITE: this.site,
      SIGNALBOX_LISTEN: this.endpoint,
      // Where a bench or a test listens for telemetry.
      OTEL_EXPORTER_OTLP_ENDPOINT: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '',
    };
    return Promise.resolve({ file: process.execPath, args: [entryOf(this.name)], env });
  }

  async probe(): Promise<void> {
    const url = `http://${this.endpoint}/readyz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  }

  private get endpoint(): string {
    return `${this.layout.address(this.site)}:${PORTS[this.name]}`;
  }
}

/** What of Signalbox runs at a site. */
export const signalboxAt = (site: LabSite): readonly AppName[] => (site === 'w' ? AT_WITNESS : AT_SITE);

export function signalbox(layout: Layout, run: RunDirectory): AppPart[] {
  return SITES.flatMap((site) =>
    signalboxAt(site)
      .filter((app) => existsSync(entryOf(app)))
      .map((app) => new AppPart(site, app, layout, run)),
  );
}

const entryOf = (app: AppName) => join(APPS, app, 'src', 'main.js');
