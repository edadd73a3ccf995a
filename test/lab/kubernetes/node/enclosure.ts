import { existsSync } from 'node:fs';
import { LabError } from '../../lab-error.js';
import type { KafkaSite, Layout } from '../../layout.js';
import { type Command, READY_WITHIN_MS } from '../../part.js';
import { isAlive, type Processes } from '../../processes.js';
import type { ProcessRecord, RunDirectory } from '../../run-directory.js';
import { type CommandAnswer, runCommand } from '../command.js';
import { addressesOf, type SiteAddresses } from './addresses.js';
import type { Cgroup } from './cgroup.js';

/**
 * What a node changes on a machine it changes in here: sockets and mounts below /run, what programs keep below /var/lib.
 * The first process of the enclosure stays, and keeps it open.
 */
const SET_UP = `set -eu
mount --make-rshared /
mount -t tmpfs -o mode=755 tmpfs /run
mount -t overlay -o "lowerdir=/var/lib,upperdir=$1/upper,workdir=$1/work" overlay /var/lib
# Nobody in there answers for names of outside, and whoever asks is to hear so at once.
: > "$1/resolv.conf"
if [ -e /etc/resolv.conf ]; then mount --bind "$1/resolv.conf" /etc/resolv.conf; fi
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
: > "$1/ready"
exec sleep infinity`;
/** Joins the site's cgroup, then becomes the program. */
const JOIN = 'echo $$ > "$1"; shift; exec "$@"';

/** A site's own corner of this machine: mounts and network of its own, and one cgroup for all that runs in it. */
export class Enclosure {
  readonly addresses: SiteAddresses;

  private constructor(
    private readonly holder: ProcessRecord,
    /** Of all that runs in it, pods included. */
    readonly cgroup: Cgroup,
    layout: Layout,
    readonly site: KafkaSite,
  ) {
    this.addresses = addressesOf(layout, site);
  }

  /** Returns when this machine reaches it. Needs root. */
  static async open(
    site: KafkaSite,
    layout: Layout,
    run: RunDirectory,
    processes: Processes,
    cgroup: Cgroup,
  ): Promise<Enclosure> {
    cgroup.create();
    const folder = run.folder('enclosure');
    for (const name of ['upper', 'work']) run.folder('enclosure', name);
    const command = joined(cgroup, 'unshare', ['--mount', '--net', '--', 'sh', '-c', SET_UP, 'sh', folder]);
    const holder = processes.start(site, 'enclosure', { file: 'sh', args: command });
    await processes.ready(holder, READY_WITHIN_MS, () =>
      existsSync(run.file('enclosure', 'ready')) ? Promise.resolve() : Promise.reject(new Error('not set up yet')),
    );
    const enclosure = new Enclosure(holder, cgroup, layout, site);
    await enclosure.linkToOutside();
    return enclosure;
  }

  /** The process whose namespaces these are. */
  get pid(): number {
    return this.holder.pid;
  }

  /** The same program, inside: it is frozen and ended with the site, and dies with whoever started it. */
  enter({ file, args, env }: Command): Command {
    // Another group would take back that it dies with its parent: so that is said again.
    const asRoot = ['--regid', '0', '--clear-groups', '--pdeathsig', 'KILL', '--', file, ...args];
    const inside = joined(this.cgroup, 'setpriv', asRoot);
    return {
      file: 'nsenter',
      args: ['--target', String(this.pid), '--mount', '--net', '--', 'sh', ...inside],
      ...(env !== undefined && { env }),
    };
  }

  /** Runs a program inside to its end. Throws what it complained about. */
  async must(file: string, args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(file, args);
    if (code !== 0) throw new LabError(`${file} ${args.join(' ')} at site ${this.site} (${code}): ${stderr}`);
    return stdout;
  }

  /** Runs a program inside to its end, whatever it answers. */
  run(file: string, args: readonly string[]): Promise<CommandAnswer> {
    if (!isAlive(this.holder)) throw new LabError(`site ${this.site} is gone`);
    const command = this.enter({ file, args });
    return runCommand(command.file, command.args);
  }

  private async linkToOutside(): Promise<void> {
    const { outsideInterface, outside, node } = this.addresses;
    const link = ['link', 'add', outsideInterface, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(this.pid)];
    await ip(link);
    await ip(['addr', 'add', `${outside}/24`, 'dev', outsideInterface]);
    await ip(['link', 'set', outsideInterface, 'up']);
    await this.must('ip', ['addr', 'add', `${node}/24`, 'dev', 'eth0']);
    await this.must('ip', ['link', 'set', 'eth0', 'up']);
    // Services have addresses that no interface has; without a way for them nobody would ask for one.
    await this.must('ip', ['route', 'add', 'default', 'via', outside]);
  }
}

/** Outside, in the machine's own network. */
export async function ip(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand('ip', args);
  if (code !== 0) throw new LabError(`ip ${args.join(' ')} (${code}): ${stderr}`);
}

const joined = (cgroup: Cgroup, file: string, args: readonly string[]): string[] => [
  '-c',
  JOIN,
  'sh',
  cgroup.joinFile,
  file,
  ...args,
];
