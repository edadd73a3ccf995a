import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../lab/lab.js';
import type { KafkaSite } from '../lab/layout.js';
import type { Sent, Told } from './load-writers.js';

const PROGRAM = fileURLToPath(import.meta.resolve('./load-child.js'));

/** What all clients saw, as they told it the moment they did. */
export class LoadLedger {
  private readonly told: Readonly<Record<Told, Map<string, Sent>>> = {
    acked: new Map(),
    aborted: new Map(),
    failed: new Map(),
  };

  take(told: Told, records: readonly Sent[]): void {
    for (const record of records) this.told[told].set(record.id, record);
  }

  get acked(): readonly Sent[] {
    return [...this.told.acked.values()];
  }

  get abortedIds(): ReadonlySet<string> {
    return new Set(this.told.aborted.keys());
  }
}

/** Writers as part of a site: cut off with it and killed with it. */
export function startLoad(
  lab: Lab,
  site: KafkaSite,
  { name, pauseMs }: { readonly name: string; readonly pauseMs: number },
  ledger: LoadLedger,
): { stop(): Promise<void> } {
  const command = {
    file: process.execPath,
    args: [
      '--disable-warning=TimeoutNegativeWarning',
      PROGRAM,
      lab.site(site).kafka.clientAddress,
      name,
      String(pauseMs),
    ],
    env: { LOAD_USERNAME: 'app', LOAD_PASSWORD: lab.password('app') },
  };
  const child = lab.spawnAt(site, `load-${name}`, command, ['ignore', 'pipe', 'inherit']);
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  lines.on('line', (line) => {
    // What a killed process has written to the half is not told.
    if (!line.endsWith('}')) return;
    const { told, records } = JSON.parse(line) as { readonly told: Told; readonly records: readonly Sent[] };
    ledger.take(told, records);
  });
  const ended = once(lines, 'close');
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
