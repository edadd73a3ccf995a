import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../lab/lab.js';
import { SITES } from '../../lab/layout.js';
import type { StaleWrite } from '../checker/facts.js';

const PROGRAM = fileURLToPath(import.meta.resolve('./stale-actor.js'));

/** The actor that is always too late, beside the lab's own processes. */
export class StaleChild {
  readonly writes: StaleWrite[] = [];
  private stopChild: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly lab: Lab,
    private readonly log: string,
  ) {}

  start(): void {
    const endpoints = SITES.map((site) => this.lab.site(site).etcdUrl);
    const command = { file: process.execPath, args: [PROGRAM, this.lab.configFile, ...endpoints] };
    const errors = openSync(this.log, 'a');
    const child = this.lab.spawnAt('w', 'stale-actor', command, ['ignore', 'pipe', errors]);
    closeSync(errors);
    if (!child.stdout) throw new Error('the stale actor has no stdout');
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => this.writes.push(JSON.parse(line) as StaleWrite));
    const ended = once(lines, 'close');
    this.stopChild = async () => {
      child.kill('SIGTERM');
      await ended;
    };
  }

  stop(): Promise<void> {
    return this.stopChild();
  }
}
