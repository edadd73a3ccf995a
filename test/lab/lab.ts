import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { ApiRole, GroupMode } from '#libs/topology';
import { signalbox } from './app.js';
import { clientConfigFile } from './client-config.js';
import { until } from './condition.js';
import { type Principal, passwordOf } from './credentials.js';
import { Firewall } from './firewall.js';
import { tokenFile } from './identities.js';
import { NodeLayout } from './kubernetes/node/node-layout.js';
import { onKubernetes } from './kubernetes/node/signalbox-release.js';
import { cgroupOf } from './kubernetes/node/remains.js';
import { isOnKubernetes, TwoSites } from './kubernetes/node/two-sites.js';
import { LabError } from './lab-error.js';
import { type KafkaSite, Layout, type LabSite } from './layout.js';
import { Owner } from './owner.js';
import { infrastructure, INFRASTRUCTURE, withDns, type DnsPart, type Infrastructure } from './parts.js';
import type { Command, Part } from './part.js';
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
  /** Sites A and B are clusters of Kubernetes with a node each, and Signalbox runs there as pods. Needs root. */
  readonly kubernetes?: boolean;
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
    /** Where its sites are clusters of Kubernetes. */
    readonly kubernetes?: TwoSites,
  ) {
    this.processes = new Processes(layout, run);
    this.firewall = new Firewall(layout);
  }

  /** Starts a lab that ends with this process at the latest. Returns when everything serves. */
  static async up(options: LabOptions = {}): Promise<Lab> {
    if (options.kubernetes) return Lab.upOnKubernetes(options);
    return Lab.start(Layout.fromEnvironment(options.net), options);
  }

  private static async upOnKubernetes(options: LabOptions): Promise<Lab> {
    const layout = new NodeLayout(Layout.fromEnvironment(options.net).net);
    const sites = await TwoSites.start(layout, options.onProgress ?? (() => undefined));
    try {
      return await Lab.start(layout, { ...options, amend: both(onKubernetes, options.amend) }, sites);
    } catch (error) {
      await sites.stop();
      throw error;
    }
  }

  private static async start(layout: Layout, options: LabOptions, sites?: TwoSites): Promise<Lab> {
    const run = new RunDirectory(layout.runDirectory);
    const owner = new Owner(layout, run, options.onProgress ?? (() => undefined), sites);
    const hasSignalbox = options.signalbox ?? options.parts === undefined;
    const mode = hasSignalbox ? (options.mode ?? 'automatic') : undefined;
    const { parts, dns = 'bind', amend } = options;
    await owner.start({ infrastructure: parts ?? withDns(dns), mode, amend });
    return new Lab(layout, run, owner, sites);
  }

  /** A lab that another process started. */
  static attach(options: { readonly net?: number } = {}): Lab {
    const { net, runDirectory } = Layout.fromEnvironment(options.net);
    const run = new RunDirectory(runDirectory);
    const layout = isOnKubernetes(run) ? new NodeLayout(net) : new Layout(net);
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
      await this.kubernetes?.stop();
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
    this.refuseOnKubernetes(site, 'killed');
    this.run.setDown(site, true);
    await this.processes.kill((record) => record.site === site);
  }

  /** Everything in a site stops where it is, pods included, and answers nobody, until `restart`. Where sites are clusters. */
  async standStill(site: KafkaSite): Promise<void> {
    if (!isOnKubernetes(this.run)) throw new LabError('only a site that is a cluster of Kubernetes stands still');
    this.run.setDown(site, true);
    await cgroupOf(this.layout, site).freeze();
  }

  /** Brings a killed site back with the data it had, and waits until it serves. */
  async restart(site: LabSite): Promise<void> {
    const owner = this.run.owner();
    if (owner === undefined || !isAlive(owner))
      throw new LabError('nobody owns this lab any more, so nothing would start: end it and start a new one');
    this.run.setDown(site, false);
    if (isOnKubernetes(this.run) && site !== 'w') cgroupOf(this.layout, site).thaw();
    const parts: Part[] = [
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
    this.refuseOnKubernetes(one, 'cut off');
    this.firewall.cut(one, other);
  }

  /** Cut from all other sites and from what is outside. Needs root. */
  isolate(site: LabSite): void {
    this.refuseOnKubernetes(site, 'isolated');
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

  /** Its pods and its network are not those of this machine's processes. */
  private refuseOnKubernetes(site: LabSite, what: string): void {
    if (isOnKubernetes(this.run)) {
      throw new LabError(`site ${site} cannot be ${what} where sites are clusters of Kubernetes: let it stand still`);
    }
  }

  private signalPart(site: LabSite, name: string, what: NodeJS.Signals): void {
    const record = this.run.process(site, name);
    if (record === undefined || !isAlive(record)) throw new LabError(`${name} of site ${site} does not run`);
    signal(record, what);
  }
}

const both =
  (first: Amend, then?: Amend): Amend =>
  (...document) => {
    first(...document);
    then?.(...document);
  };
