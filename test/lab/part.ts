import { connect } from 'node:net';
import type { LabSite } from './layout.js';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** One long-running program of the lab at one site. */
export interface Part {
  readonly site: LabSite;
  /** Unique within the site. */
  readonly name: string;
  /** What it listens on, so that a taken port can be reported by name before anything starts. */
  readonly ports: readonly PortUse[];
  readonly readyWithinMs: number;
  /** Writes its files and says how to run it. Called again for every restart; keeps the data of the run before. */
  prepare(): Promise<Command>;
  /** Throws while it does not serve. */
  probe(): Promise<void>;
}

export interface PortUse {
  readonly port: number;
  readonly use: string;
}

/** A guard against a part that never comes; one that has ended is noticed at once. No statement about how fast it is. */
export const READY_WITHIN_MS = 90_000;
const CONNECT_TIMEOUT_MS = 500;

/** Throws unless something accepts connections there. */
export function accepts(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (error?: Error) => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(new Error(`${address}:${port} does not answer`)));
    socket.once('error', end);
  });
}

/** A Java properties file; the values used here need no escaping. */
export function properties(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
