import { readFileSync } from 'node:fs';
import { isSignalbox } from '../lab/app.js';
import type { Lab } from '../lab/lab.js';
import { isAlive } from '../lab/processes.js';
import type { Curve, Point } from './curve.js';

/** The memory of every Signalbox process of a lab. One that was restarted begins a curve of its own. */
export class ResidentMemory {
  private readonly points = new Map<string, Point[]>();

  constructor(private readonly lab: Lab) {}

  look(atMs: number): void {
    for (const record of this.lab.run.processes()) {
      if (!isSignalbox(record.name) || !isAlive(record)) continue;
      const rssKb = rssKbOf(record.pid);
      if (rssKb === undefined) continue;
      const name = `${record.site} ${record.name} (${record.pid})`;
      this.points.set(name, [...(this.points.get(name) ?? []), { atMs, rssKb }]);
    }
  }

  get curves(): readonly Curve[] {
    return [...this.points].map(([process, points]) => ({ process, points })).toSorted(byName);
  }
}

const byName = (one: Curve, other: Curve): number => one.process.localeCompare(other.process);

function rssKbOf(pid: number): number | undefined {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
