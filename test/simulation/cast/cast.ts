import type { SiteId } from '#libs/domain';
import { SimProcess } from '../kernel/sim-process.js';
import { clusterAt, DATA_SITES, SITES } from '../world/ground.js';
import { healthy, startMonitor, type Ailment, type TruthOf } from './monitor.js';
import { SimOrchestrator } from './orchestrator.js';
import type { Stage } from './stage.js';
import { startGuard, startWorker, WORKERS } from './workers.js';

const RESTART_MS = 2_000;

interface Role {
  readonly name: string;
  readonly site: SiteId;
  readonly start: (process: SimProcess) => void;
}

interface Actor {
  readonly role: Role;
  process: SimProcess;
  /** A process that is down stays down until it is started again. */
  isDown: boolean;
}

/** All processes of three sites. One that dies is started again as another incarnation, as its site's supervisor does. */
export class Cast {
  readonly ailments: ReadonlyMap<SiteId, Ailment> = new Map(SITES.map((site) => [site, healthy()]));
  readonly truths: readonly TruthOf[] = SITES.flatMap((vantage) =>
    DATA_SITES.map((site) => ({ vantage, cluster: clusterAt(site), failingSinceMs: undefined, isHonest: true })),
  );
  readonly orchestrators = new Map<SiteId, SimOrchestrator>();
  onStarted: (process: SimProcess) => void = () => undefined;
  onEnded: (process: SimProcess) => void = () => undefined;
  readonly #actors: Actor[];
  #incarnations = 0;

  constructor(private readonly stage: Stage) {
    this.#actors = this.roles().map((role) => ({ role, process: this.born(role), isDown: false }));
  }

  start(): void {
    for (const { role, process } of this.#actors) role.start(process);
  }

  get names(): readonly string[] {
    return this.#actors.map(({ process }) => process.id);
  }

  processAt(name: string, site: SiteId): SimProcess {
    return this.actor(`${name}@${site}`).process;
  }

  process(id: string): SimProcess {
    return this.actor(id).process;
  }

  /** It dies, and comes back soon after unless its site has no power then. */
  crash(id: string, forMs = RESTART_MS): void {
    const actor = this.actor(id);
    if (actor.isDown) return;
    this.kill(actor);
    this.stage.timeline.after(forMs, () => this.revive(actor));
  }

  /** Its supervisor believes that it is gone and starts another one, and it is not. Returns the one that should be gone. */
  replace(id: string): SimProcess | undefined {
    const actor = this.actor(id);
    if (actor.isDown) return undefined;
    const zombie = actor.process;
    actor.process = this.born(actor.role);
    this.onStarted(actor.process);
    actor.role.start(actor.process);
    return zombie;
  }

  /** All of a site at once. Returns what brings it back. */
  blackout(site: SiteId): () => void {
    const gone = this.#actors.filter(({ role }) => role.site === site);
    for (const actor of gone) if (!actor.isDown) this.kill(actor);
    return () => {
      for (const actor of gone) this.revive(actor);
    };
  }

  private kill(actor: Actor): void {
    actor.isDown = true;
    actor.process.end();
    this.onEnded(actor.process);
  }

  private revive(actor: Actor): void {
    if (!actor.isDown || !this.stage.network.hasPower(actor.role.site)) return;
    actor.isDown = false;
    actor.process = this.born(actor.role);
    this.onStarted(actor.process);
    actor.role.start(actor.process);
  }

  private born({ name, site }: Role): SimProcess {
    // Only who decides looks at dates.
    const feelsSkips = name === 'orchestrator';
    return new SimProcess(this.stage.timeline, name, site, ++this.#incarnations, feelsSkips);
  }

  private actor(id: string): Actor {
    const actor = this.#actors.find(({ process }) => process.id === id);
    if (!actor) throw new Error(`there is no ${id}`);
    return actor;
  }

  private roles(): readonly Role[] {
    const { stage } = this;
    const everywhere = SITES.flatMap((site): Role[] => [
      {
        name: 'orchestrator',
        site,
        start: (process) => void this.orchestrators.set(site, new SimOrchestrator(stage, process)),
      },
      {
        name: 'health-monitor',
        site,
        start: (process) => startMonitor(stage, process, this.ailments.get(site) ?? healthy(), this.truths),
      },
    ]);
    const atData = DATA_SITES.flatMap((site): Role[] => [
      { name: 'site-guard', site, start: (process) => startGuard(stage, process) },
      ...WORKERS.map((worker): Role => ({
        name: worker,
        site,
        start: (process) => startWorker(stage, process, worker),
      })),
    ]);
    return [...everywhere, ...atData];
  }
}
