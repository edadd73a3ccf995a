import type { Stop } from '#libs/runtime';
import type { GroupMode } from '#libs/topology';
import { startAnchor } from './anchor.js';
import { AppPart, signalbox } from './app.js';
import { Archives } from './archives.js';
import { createTsigSecret } from './bind.js';
import { writeClientConfigs } from './client-config.js';
import { setUpCluster } from './cluster-setup.js';
import { clock } from './condition.js';
import { createPasswords } from './credentials.js';
import { writeLadders } from './firewall.js';
import { startFlow } from './flow.js';
import { createIdentities } from './identities.js';
import { LabError } from './lab-error.js';
import { type KafkaSite, type Layout, SITES } from './layout.js';
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
  ) {
    this.processes = new Processes(layout, run);
  }

  /** Returns when everything serves. Throws, with nothing left behind, when something is missing, taken or does not start. */
  async start({ infrastructure: wanted, mode, amend }: Wanted): Promise<void> {
    checkTools(wanted);
    clearLeftovers(this.layout, this.run);
    const archives = wanted.includes('kafka') ? await Archives.open() : undefined;
    const apps = mode === undefined ? [] : signalbox(this.layout, this.run);
    await checkPorts(this.layout, [...infrastructure(this.layout, this.run, archives, wanted), ...apps]);
    try {
      await this.claim();
      if (mode !== undefined) this.configure(mode, { dns: wanted.includes('route53') ? 'route53' : 'bind', amend });
      if (archives !== undefined && !archives.areComplete()) await this.train(archives);
      // Only now: the parts take the archives as they are.
      const parts = [...infrastructure(this.layout, this.run, archives, wanted), ...apps];
      await this.startAll(parts);
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
    const addedAddresses = missingAddresses(SITES.map((site) => this.layout.address(site)));
    this.run.create();
    const owner = { ...self(), addedAddresses };
    this.run.setOwner(owner);
    this.endWithProcess();
    this.run.setOwner({ ...owner, reaper: startReaper(this.layout, owner) });
    addAddresses(addedAddresses);
    createPasswords(this.run);
    createTsigSecret(this.run);
    createRoute53Secret(this.run);
    writeClientConfigs(this.layout, this.run);
    writeLadders(this.layout, this.run);
    const anchor = await startAnchor(this.layout);
    this.stops.push(() => anchor.close());
  }

  private configure(mode: GroupMode, otherwise: { readonly dns: DnsPart; readonly amend: Amend | undefined }): void {
    createIdentities(this.run);
    writeTopology(this.layout, this.run, mode, otherwise);
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
      start(ofKind('etcd', 'redis', 'bind', 'route53')),
      Promise.all(ofKind('kafka').map((part) => this.startBroker(part))),
    ]);
    const apps = parts.filter((part) => part instanceof AppPart);
    const deciding = apps.filter((app) => app.name === 'orchestrator');
    await Promise.all([this.startMirror(ofKind('connect')), start(apps.filter((app) => !deciding.includes(app)))]);
    // What decides comes last: a site whose monitor is still starting would look lost to the others' monitors.
    await start(deciding);
  }

  /** Permissions come before the first client: a Connect worker that is refused its topics ends at once. */
  private async startBroker(part: Part): Promise<void> {
    await this.startPart(part);
    await setUpCluster(this.layout, this.run, part.site as KafkaSite);
  }

  private async startMirror(workers: readonly Part[]): Promise<void> {
    await Promise.all(workers.map((worker) => this.startPart(worker)));
    if (workers.length === 0) return;
    await startFlow(this.layout, this.run, 'a', 'b');
    this.report('flow a-to-b runs');
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
