import type { Stop } from '#libs/runtime';
import { strimziConnectors, type GroupMode } from '#libs/topology';
import { startAnchor } from './anchor.js';
import { AppPart, signalbox } from './app.js';
import { Archives } from './archives.js';
import { createTsigSecret } from './bind.js';
import { writeClientConfigs } from './client-config.js';
import { setUpCluster } from './cluster-setup.js';
import { clock } from './condition.js';
import { createPasswords } from './credentials.js';
import { writeLadders } from './firewall.js';
import { startFlow, untilFlows } from './flow.js';
import { createIdentities } from './identities.js';
import { LabError } from './lab-error.js';
import { install, installOthers } from './kubernetes/node/signalbox-release.js';
import { StandInsPart } from './kubernetes/node/stand-ins-part.js';
import type { TwoSites } from './kubernetes/node/two-sites.js';
import { KAFKA_SITES, type KafkaSite, type Layout } from './layout.js';
import { addAddresses, missingAddresses } from './loopback.js';
import type { Part } from './part.js';
import { infrastructure, type DnsPart, type Infrastructure } from './parts.js';
import { checkPorts, checkTools } from './preflight.js';
import { isAlive, Processes, self } from './processes.js';
import { startReaper } from './reaper.js';
import { createRoute53Secret } from './route53.js';
import type { RunDirectory } from './run-directory.js';
import { Supervisor } from './supervisor.js';
import { tearDown } from './tear-down.js';
import { writeTopology, type Amend } from './topology-file.js';
import { recordArchives } from './training.js';

const END_SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** What to start. Without a mode, the real parts without Signalbox. */
export interface Wanted {
  readonly infrastructure: readonly Infrastructure[];
  readonly mode: GroupMode | undefined;
  readonly amend?: Amend | undefined;
}

/** What the process that started a lab does for it: starts the parts, restarts what dies, and ends it with itself. */
export class Owner {
  private readonly processes: Processes;
  private readonly stops: Stop[] = [];
  private readonly startedAt = clock.monotonicMs();

  constructor(
    private readonly layout: Layout,
    private readonly run: RunDirectory,
    private readonly say: (line: string) => void,
    /** Where sites A and B are clusters of their own; this machine's loopback addresses when absent. */
    private readonly sites?: TwoSites,
  ) {
    this.processes = new Processes(layout, run);
  }

  /** Returns when everything serves. Throws, with nothing left behind, when something is missing, taken or does not start. */
  async start({ infrastructure: wanted, mode, amend }: Wanted): Promise<void> {
    checkTools(wanted);
    clearLeftovers(this.layout, this.run);
    const archives = wanted.includes('kafka') ? await Archives.open() : undefined;
    const apps = mode === undefined ? [] : this.ownProcesses();
    const partsOf = () => infrastructure(this.layout, this.run, archives, wanted).map((part) => this.placed(part));
    await checkPorts(this.layout, [...partsOf(), ...apps]);
    try {
      await this.claim();
      if (mode !== undefined) this.configure(mode, { dns: wanted.includes('route53') ? 'route53' : 'bind', amend });
      if (archives !== undefined && !archives.areComplete()) await this.train(archives);
      // Recording leaves nothing of its sites behind.
      writeClientConfigs(this.layout, this.run);
      // Only now: the parts take the archives as they are.
      const parts = [...partsOf(), ...this.standIns(wanted), ...apps];
      await this.startAll(parts);
      await this.startPods();
      this.stops.push(new Supervisor(this.run, this.processes, parts).start());
    } catch (error) {
      this.end();
      throw error;
    }
  }

  end(): void {
    for (const stop of this.stops.splice(0)) stop();
    if (this.run.exists()) tearDown(this.layout, this.run);
  }

  /** Records every change of the machine BEFORE it is made, so that it can always be taken back. */
  private async claim(): Promise<void> {
    const addedAddresses = missingAddresses(this.layout.loopbackAddresses());
    this.run.create();
    this.sites?.mark(this.run);
    const owner = { ...self(), addedAddresses };
    this.run.setOwner(owner);
    this.endWithProcess();
    this.run.setOwner({ ...owner, reaper: startReaper(this.layout, owner) });
    addAddresses(addedAddresses);
    createPasswords(this.run);
    createTsigSecret(this.run);
    createRoute53Secret(this.run);
    writeLadders(this.layout, this.run);
    const anchor = await startAnchor(this.layout);
    this.stops.push(() => anchor.close());
  }

  private configure(mode: GroupMode, otherwise: { readonly dns: DnsPart; readonly amend: Amend | undefined }): void {
    createIdentities(this.run);
    writeTopology(this.layout, this.run, mode, otherwise);
  }

  private placed(part: Part): Part {
    return this.sites?.placed(part) ?? part;
  }

  /** Of the operators of the sites' clusters, where there are any and something to operate. */
  private standIns(wanted: readonly Infrastructure[]): Part[] {
    const { sites } = this;
    if (sites === undefined || !wanted.includes('connect')) return [];
    return KAFKA_SITES.map((site) => this.placed(new StandInsPart(site, sites[site].plane, this.layout)));
  }

  /** Of Signalbox, those that are no pods. */
  private ownProcesses(): AppPart[] {
    return signalbox(this.layout, this.run).filter(({ site }) => !this.sites?.hasPods(site));
  }

  private async startPods(): Promise<void> {
    if (this.sites === undefined) return;
    for (const site of KAFKA_SITES) {
      await install(this.sites[site], site, this.run);
      this.report(`the chart's pods of ${site}`);
    }
  }

  private endWithProcess(): void {
    const onExit = () => this.end();
    process.once('exit', onExit);
    this.stops.push(() => process.off('exit', onExit));
    for (const [name, number] of Object.entries(END_SIGNALS)) {
      const onSignal = () => process.exit(128 + number);
      process.once(name, onSignal);
      this.stops.push(() => process.off(name, onSignal));
    }
  }

  private async train(archives: Archives): Promise<void> {
    this.say('first start with these Kafka jars and this JDK: recording class archives (once, about 20 s)');
    await recordArchives(this.layout, this.run, this.processes, archives);
  }

  /** Signalbox needs none of the parts to start, but on few cores the brokers go first. */
  private async startAll(parts: readonly Part[]): Promise<void> {
    const ofKind = (...kinds: readonly string[]) => parts.filter((part) => kinds.includes(part.name));
    const start = (some: readonly Part[]) => Promise.all(some.map((part) => this.startPart(part)));
    await Promise.all([
      start(ofKind('etcd', 'redis', 'bind', 'route53', 'zookeeper')),
      Promise.all(ofKind('kafka').map((part) => this.startBroker(part))),
    ]);
    const apps = parts.filter((part) => part instanceof AppPart);
    const deciding = apps.filter((app) => app.name === 'orchestrator');
    await Promise.all([
      this.startMirror(ofKind('connect'), ofKind('stand-ins')),
      start(apps.filter((app) => !deciding.includes(app))),
    ]);
    // What decides comes last: a site whose monitor is still starting would look lost to the others' monitors.
    await start(deciding);
  }

  /** Permissions come before the first client: a Connect worker that is refused its topics ends at once. */
  private async startBroker(part: Part): Promise<void> {
    await this.startPart(part);
    await setUpCluster(this.layout, this.run, part.site as KafkaSite);
  }

  private async startMirror(workers: readonly Part[], operators: readonly Part[]): Promise<void> {
    await Promise.all(workers.map((worker) => this.startPart(worker)));
    if (workers.length === 0) return;
    if (this.sites === undefined) await startFlow(this.layout, this.run, 'a', 'b');
    else await this.startResources(this.sites, operators);
    this.report('flow a-to-b runs');
  }

  /** Where Strimzi runs the mirrors, its resources start them. */
  private async startResources(sites: TwoSites, operators: readonly Part[]): Promise<void> {
    for (const site of KAFKA_SITES) await installOthers(sites[site], site, this.layout, this.run);
    await Promise.all(operators.map((operator) => this.startPart(operator)));
    await untilFlows(this.layout, 'b', strimziConnectors('a', 'b'));
  }

  private async startPart(part: Part): Promise<void> {
    await this.processes.startPart(part);
    this.report(`${part.name} of ${part.site}`);
  }

  private report(what: string): void {
    this.say(`${((clock.monotonicMs() - this.startedAt) / 1000).toFixed(1).padStart(5)} s  ${what}`);
  }
}

/** What a killed run left is cleared away; a lab that somebody still owns is not touched. */
function clearLeftovers(layout: Layout, run: RunDirectory): void {
  const owner = run.owner();
  if (owner !== undefined && isAlive(owner)) {
    throw new LabError(
      `lab ${layout.net} is up already (process ${owner.pid}): end it with npm run lab -- down, or set SIGNALBOX_LAB_NET to another number`,
    );
  }
  if (run.exists()) tearDown(layout, run);
}
