import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { ApiRole, GroupMode } from '#libs/topology';
import { signalbox } from './app.js';
import { clientConfigFile } from './client-config.js';
import { until } from './condition.js';
import { type Principal, passwordOf } from './credentials.js';
import { Firewall } from './firewall.js';
import { tokenFile } from './identities.js';
import { LabError } from './lab-error.js';
import { type KafkaSite, Layout, type LabSite } from './layout.js';
import { Owner } from './owner.js';
import { infrastructure, INFRASTRUCTURE, withDns, type DnsPart, type Infrastructure } from './parts.js';
import type { Command } from './part.js';
import { isAlive, Processes, signal } from './processes.js';
import { RunDirectory } from './run-directory.js';
import { type Site, siteOf } from './site.js';
import { snapshot } from './snapshot.js';
import { tearDown } from './tear-down.js';
import { configFile, type Amend } from './topology-file.js';

export interface LabOptions {
  /** Labs with different numbers run side by side; `SIGNALBOX_LAB_NET`, or 0, when absent. */
  readonly net?: number;
  /** Only these kinds of real parts, without Signalbox; everything when absent. */
  readonly parts?: readonly Infrastructure[];
  /** False for the real parts alone. */
  readonly signalbox?: boolean;
  /** What Signalbox may do for the group `orders`; automatic when absent. */
  readonly mode?: GroupMode;
  /** What keeps the name that clients follow, where all parts are started; BIND when absent. */
  readonly dns?: DnsPart;
  /** What is otherwise in signalbox.yaml. */
  readonly amend?: Amend;
  readonly onProgress?: (line: string) => void;
}

const ENDS_WITHIN_MS = 60_000;

/** Two sites and a witness on real parts: a handle for the process that started them and for any other. */
export class Lab {
  private readonly processes: Processes;
  private readonly firewall: Firewall;

  private constructor(
    readonly layout: Layout,
    readonly run: RunDirectory,
    private readonly owner?: Owner,
  ) {
    this.processes = new Processes(layout, run);
    this.firewall = new Firewall(layout);
  }

  /** Starts a lab that ends with this process at the latest. Returns when everything serves. */
  static async up(options: LabOptions = {}): Promise<Lab> {
    const layout = Layout.fromEnvironment(options.net);
    const run = new RunDirectory(layout.runDirectory);
    const owner = new Owner(layout, run, options.onProgress ?? (() => undefined));
    const hasSignalbox = options.signalbox ?? options.parts === undefined;
    const mode = hasSignalbox ? (options.mode ?? 'automatic') : undefined;
    const { parts, dns = 'bind', amend } = options;
    await owner.start({ infrastructure: parts ?? withDns(dns), mode, amend });
    return new Lab(layout, run, owner);
  }

  /** A lab that another process started. */
  static attach(options: { readonly net?: number } = {}): Lab {
    const layout = Layout.fromEnvironment(options.net);
    const run = new RunDirectory(layout.runDirectory);
    if (!run.exists()) throw new LabError(`lab ${layout.net} is not up: npm run lab -- up`);
    return new Lab(layout, run);
  }

  site(id: LabSite): Site {
    return siteOf(this.layout, id);
  }

  /** The lab's signalbox.yaml. */
  get configFile(): string {
    return this.run.file(configFile);
  }

  /** Holds the API token of a role. */
  tokenFile(role: ApiRole): string {
    return this.run.file('secrets', tokenFile(role));
  }

  /** What clients at a site follow when they do not follow the name. */
  clientConfigFile(site: KafkaSite): string {
    return clientConfigFile(this.run, site);
  }

  isDown(site: LabSite): boolean {
    return this.run.isDown(site);
  }

  password(principal: Principal): string {
    return passwordOf(this.run, principal);
  }

  /** Ends every part and takes back every change of the machine. Safe to repeat. */
  async down(): Promise<void> {
    if (this.owner !== undefined) {
      this.owner.end();
      return;
    }
    const other = this.run.owner();
    if (other !== undefined) {
      signal(other, 'SIGTERM');
      await until(`the owner of lab ${this.layout.net}, process ${other.pid}, ends`, ENDS_WITHIN_MS, () =>
        isAlive(other) ? Promise.reject(new Error('it is still there')) : Promise.resolve(),
      );
    }
    if (this.run.exists()) tearDown(this.layout, this.run);
  }

  /** SIGKILLs everything in a site, clients that run there included; it stays down until `restart`. */
  async kill(site: LabSite): Promise<void> {
    this.run.setDown(site, true);
    await this.processes.kill((record) => record.site === site);
  }

  /** Brings a killed site back with the data it had, and waits until it serves. */
  async restart(site: LabSite): Promise<void> {
    const owner = this.run.owner();
    if (owner === undefined || !isAlive(owner))
      throw new LabError('nobody owns this lab any more, so nothing would start: end it and start a new one');
    this.run.setDown(site, false);
    const parts = [
      ...infrastructure(this.layout, this.run, undefined, INFRASTRUCTURE),
      ...signalbox(this.layout, this.run),
    ];
    const had = parts.filter(
      (part) =>
        part.site === site && this.run.process(site, part.name) !== undefined && !this.run.isHeld(site, part.name),
    );
    await Promise.all(
      had.map((part) => until(`${part.name} of site ${site} serves again`, part.readyWithinMs, () => part.probe())),
    );
  }

  /** Whether a Signalbox process is ready. Throws, with what is missing, when it is not. */
  async serves(site: LabSite, name: string): Promise<true> {
    const part = signalbox(this.layout, this.run).find((each) => each.site === site && each.name === name);
    if (part === undefined) throw new LabError(`there is no ${name} at site ${site}`);
    await part.probe();
    return true;
  }

  /** SIGSTOPs a site's Kafka, or Connect: it keeps its connections and answers nothing. */
  freeze(site: KafkaSite, name: 'kafka' | 'connect' = 'kafka'): void {
    this.signalPart(site, name, 'SIGSTOP');
  }

  thaw(site: KafkaSite, name: 'kafka' | 'connect' = 'kafka'): void {
    this.signalPart(site, name, 'SIGCONT');
  }

  /** Nothing from one site reaches the other, in both directions, from now on and on open connections. Needs root. */
  cut(one: LabSite, other: LabSite): void {
    this.firewall.cut(one, other);
  }

  /** Cut from all other sites and from what is outside. Needs root. */
  isolate(site: LabSite): void {
    this.firewall.isolate(site);
  }

  /** A site's etcd is cut from the other members, and nothing else is. Needs root. */
  cutMember(site: LabSite): void {
    this.firewall.cutMember(site);
  }

  /** Takes back every cut. */
  heal(): void {
    this.firewall.heal();
  }

  /** SIGKILL; comes back by itself after a second. */
  async killProcess(site: LabSite, name: string): Promise<void> {
    await this.processes.kill((record) => record.site === site && record.name === name);
  }

  /** SIGKILL; stays away until `releaseProcess`. */
  async holdProcess(site: LabSite, name: string): Promise<void> {
    this.run.setHeld(site, name, true);
    await this.killProcess(site, name);
  }

  releaseProcess(site: LabSite, name: string): void {
    this.run.setHeld(site, name, false);
  }

  /** Runs a client as part of a site: cut off with it and killed with it. `name` is unique within the site. */
  spawnAt(site: LabSite, name: string, command: Command, stdio: StdioOptions): ChildProcess {
    return this.processes.spawn(site, name, command, this.run.file('logs', `${site}.${name}.log`), stdio).child;
  }

  /** Canonical JSON of every resource that Signalbox can change. */
  snapshot(): Promise<string> {
    return snapshot(this.layout, this.run);
  }

  private signalPart(site: LabSite, name: string, what: NodeJS.Signals): void {
    const record = this.run.process(site, name);
    if (record === undefined || !isAlive(record)) throw new LabError(`${name} of site ${site} does not run`);
    signal(record, what);
  }
}
