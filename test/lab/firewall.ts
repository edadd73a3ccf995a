import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { LabError } from './lab-error.js';
import { KAFKA_SITES, type KafkaSite, type LabSite, type Layout, PORTS, SITES } from './layout.js';
import { isRoot } from './processes.js';
import type { RunDirectory } from './run-directory.js';

/** Seconds to wait for another program's change of the rules. */
const LOCK_SECONDS = '5';

/** Rules of this lab, found again by their comment: also those that a killed run left. */
export class Firewall {
  constructor(private readonly layout: Layout) {}

  /** Nothing from one site reaches the other. */
  cut(one: LabSite, other: LabSite): void {
    if (one === other) throw new LabError(`cut takes two different sites, not ${one} twice`);
    this.drop(one, other);
    this.drop(other, one);
  }

  /** Cut off from every other site and from the world outside. */
  isolate(site: LabSite): void {
    for (const other of SITES) if (other !== site) this.cut(site, other);
    this.drop(site, 'outside');
  }

  heal(): void {
    this.remove('cut:');
  }

  /** What is cut, as `from-to`. */
  cuts(): string[] {
    return this.tagged('cut:').flatMap((rule) => /:cut:(\S+)/.exec(rule)?.[1] ?? []);
  }

  /** The ladder's last rung at a site: whether its client listener was closed from outside the broker. */
  isListenerClosed(site: KafkaSite): boolean {
    return this.tagged(`ladder:${site}`).length > 0;
  }

  removeAll(): void {
    if (isRoot) this.remove('');
  }

  /** By the sender's group, since any process may send from any loopback address. */
  private drop(from: LabSite, to: LabSite | 'outside'): void {
    if (!isRoot) throw new LabError('cut and isolate change firewall rules: run as root');
    const kind = `cut:${from}-${to}`;
    if (this.tagged(kind).length > 0) return;
    const owner = ['-m', 'owner', '--gid-owner', String(this.layout.gid(from))];
    const comment = ['-m', 'comment', '--comment', `${this.layout.tag}:${kind}`];
    iptables('-A', 'OUTPUT', '-o', 'lo', '-d', this.layout.network(to), ...owner, ...comment, '-j', 'DROP');
  }

  private remove(kind: string): void {
    for (const rule of this.tagged(kind)) iptables('-D', ...rule.split(' ').slice(1));
  }

  private tagged(kind: string): string[] {
    if (!isRoot) return [];
    return iptables('-S')
      .split('\n')
      .filter(
        (rule) =>
          rule.includes(`--comment ${this.layout.tag}:${kind}`) ||
          rule.includes(`--comment "${this.layout.tag}:${kind}`),
      )
      .map((rule) => rule.replaceAll('"', ''));
  }
}

function iptables(...args: readonly string[]): string {
  return execFileSync('iptables', ['-w', LOCK_SECONDS, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Writes the command by which a site-guard closes its Kafka's client listener when the broker itself does not answer. */
export function writeLadders(layout: Layout, run: RunDirectory): void {
  for (const site of KAFKA_SITES) chmodSync(run.write(ladderScript(layout, site), ladderFile(site)), 0o700);
}

export const ladderFile = (site: KafkaSite) => `ladder-${site}.sh`;

/**
 * Both directions: one rule keeps an answer that a frozen broker gives later from going out, the other refuses what comes in.
 * Resets themselves must pass, or neither side would learn that the connection is gone.
 */
function ladderScript(layout: Layout, site: KafkaSite): string {
  const address = layout.address(site);
  const end = `--tcp-flags RST NONE -m comment --comment ${layout.tag}:ladder:${site} -j REJECT --reject-with tcp-reset`;
  return `#!/bin/sh
# Closes or opens the Kafka client listener of site ${site}. Idempotent; needs root. status exits 0 when open, 1 when closed.
set -eu
answers='OUTPUT -s ${address} -p tcp --sport ${PORTS.kafkaClient} ${end}'
requests='INPUT -d ${address} -p tcp --dport ${PORTS.kafkaClient} ${end}'

has() { iptables -w ${LOCK_SECONDS} -C $1 2>/dev/null; }
add() { has "$1" || iptables -w ${LOCK_SECONDS} -I $1; }
remove() { while has "$1"; do iptables -w ${LOCK_SECONDS} -D $1; done; }

case "\${1-}" in
  close) add "$answers"; add "$requests" ;;
  open) remove "$requests"; remove "$answers" ;;
  status) if has "$answers" && has "$requests"; then echo closed; exit 1; else echo open; fi ;;
  *) echo "usage: $0 close|open|status" >&2; exit 2 ;;
esac
`;
}
