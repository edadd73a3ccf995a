import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { LabError } from './lab-error.js';
import { isRoot } from './processes.js';

/** BIND listens only on addresses that an interface has; for everybody else all of 127/8 is there. */
export function missingAddresses(wanted: readonly string[]): string[] {
  const present = new Set((networkInterfaces()['lo'] ?? []).map((entry) => entry.address));
  return wanted.filter((address) => !present.has(address));
}

export function addAddresses(addresses: readonly string[]): void {
  if (addresses.length > 0 && !isRoot) {
    const commands = addresses.map((address) => `ip addr add ${address}/8 dev lo`).join(' && ');
    throw new LabError(`BIND needs the lab's loopback addresses: run as root, or once: ${commands}`);
  }
  for (const address of addresses) ip('add', address);
}

export function removeAddresses(addresses: readonly string[]): void {
  const absent = new Set(missingAddresses(addresses));
  for (const address of addresses) if (!absent.has(address)) ip('del', address);
}

function ip(change: 'add' | 'del', address: string): void {
  execFileSync('ip', ['addr', change, `${address}/8`, 'dev', 'lo'], { stdio: 'ignore' });
}
