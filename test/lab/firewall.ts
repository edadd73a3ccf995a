import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { LabError } from './lab-error.js';
import { KAFKA_SITES, type KafkaSite, type LabSite, type Layout, PORTS, SITES } from './layout.js';
import { isRoot } from './processes.js';
import type { RunDirectory } from './run-directory.js';

/** Seconds to wait for another program's change of the rules. */
const LOCK_SECONDS = '5';

type Direction = readonly [from: LabSite, to: LabSite | 'outside'];

/** Rules of this lab, found again by their comment: also those that a killed run left. */
export class Firewall {
  constructor(private readonly layout: Layout) {}

  /** Nothing from one site reaches the other. */
  cut(one: LabSite, other: LabSite): void {
    if (one === other) throw new LabError(`cut takes two different sites, not ${one} twice`);
    this.drop([
      [one, other],
      [other, one],
    ]);
  }

  /** Cut off from every other site and from the world outside, all at once. */
  isolate(site: LabSite): void {
    const others = SITES.filter((other) => other !== site);
    this.drop([
      ...others.flatMap((other): Direction[] => [
        [site, other],
        [other, site],
      ]),
      [site, 'outside'],
    ]);
  }

  /** Both the connections that a site's etcd opened to the other members and those that they opened to it. */
  cutMember(site: LabSite): void {
    if (!isRoot) throw new LabError('cutting a member off changes firewall rules: run as root');
    const address = this.layout.address(site);
    const port = PORTS.etcdPeer;
    const ours = `-m owner --gid-owner ${this.layout.gid(site)}`;
    const foreign = SITES.filter((other) => other !== site).map((other) => this.layout.address(other));
    const ends = [
      `-d ${address} --dport ${port}`,
      `-s ${address} --sport ${port}`,
      ...foreign.map((other) => `-d ${other} --dport ${port} ${ours}`),
      ...foreign.map((other) => `-s ${other} --sport ${port} -d ${address}`),
    ];
    const comment = `-m comment --comment ${this.layout.tag}:cut:etcd-${site}`;
    change(ends.map((end) => `-A OUTPUT -o lo -p tcp ${end} ${comment} -j DROP`));
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

  /** By the sender's group, since any process may send from any loopback address. All rules take effect together. */
  private drop(directions: readonly Direction[]): void {
    if (!isRoot) throw new LabError('cut and isolate change firewall rules: run as root');
    const present = this.cuts();
    const missing = directions.filter(([from, to]) => !present.includes(`${from}-${to}`));
    change(
      missing.map(([from, to]) => {
        const comment = `-m comment --comment ${this.layout.tag}:cut:${from}-${to}`;
        const owner = `-m owner --gid-owner ${this.layout.gid(from)}`;
        return `-A OUTPUT -o lo -d ${this.layout.network(to)} ${owner} ${comment} -j DROP`;
      }),
    );
  }

  private remove(kind: string): void {
    change(this.tagged(kind).map((rule) => rule.replace(/^-A/, '-D')));
  }

  private tagged(kind: string): string[] {
    if (!isRoot) return [];
    const rules = execFileSync('iptables', ['-w', LOCK_SECONDS, '-S'], { encoding: 'utf8' });
    return rules
      .split('\n')
      .map((rule) => rule.replaceAll('"', ''))
      .filter((rule) => rule.includes(`--comment ${this.layout.tag}:${kind}`));
  }
}

/** One transaction: all of it or nothing. */
function change(rules: readonly string[]): void {
  if (rules.length === 0) return;
  const input = `*filter\n${rules.join('\n')}\nCOMMIT\n`;
  execFileSync('iptables-restore', ['-w', LOCK_SECONDS, '--noflush'], { input, stdio: ['pipe', 'ignore', 'pipe'] });
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
