import { groupId } from '#libs/domain';
import { EtcdJournal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, type Clock } from '#libs/runtime';
import { mkdirSync, appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { isSignalbox } from '../lab/app.js';
import { CONFIG_ID } from '../lab/client-config.js';
import { Lab } from '../lab/lab.js';
import { KAFKA_SITES, SITES, type KafkaSite } from '../lab/layout.js';
import { becomeSteady } from '../demo/opening.js';
import { setStage, type Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import type { SiteReturn } from './checker/facts.js';
import { Observer, type Places } from './checker/observer.js';
import { RunWatch } from './run-watch.js';
import { StaleChild } from './stale/stale-child.js';

const SERVES_WITHIN_MS = 180_000;

/** One lab with everything that plays on it: the application, the stale actor, the watch of the journal, the checker's eyes. */
export class Ground {
  readonly returns: SiteReturn[] = [];
  /** Violations that were told: what went wrong once is seen again by whoever looks back. */
  readonly told = new Set<string>();

  private constructor(
    readonly lab: Lab,
    readonly stage: Stage,
    readonly watch: RunWatch,
    readonly observer: Observer,
    readonly stale: StaleChild,
    private readonly journal: EtcdJournal,
    /** A folder for what is told on the way. */
    readonly logs: string,
  ) {}

  /** `logs` is a folder for what is told on the way. */
  static async up(clock: Clock, logs: string, say: (line: string) => void): Promise<Ground> {
    mkdirSync(logs, { recursive: true });
    const story = join(logs, 'story.log');
    const print = (line: string) => appendFileSync(story, `${line}\n`);
    // A failover is approved, so that a machine too busy to keep a cluster well starts none by itself.
    const lab = await Lab.up({ mode: 'approve', onProgress: print });
    try {
      const options = {
        fault: 'none',
        mode: 'approve',
        until: 'failover',
        planned: true,
        keep: false,
        json: false,
      } as const;
      const stage = await setStage(lab, options, { clock, print, auditFile: join(logs, 'audit.ndjson') });
      await becomeSteady(stage);
      const ground = Ground.on(stage, logs);
      await ground.watch.start();
      ground.observer.start();
      ground.stale.start();
      say(`a lab is up; what happens in it: ${story}`);
      return ground;
    } catch (error) {
      await lab.down();
      throw error;
    }
  }

  private static on(stage: Stage, logs: string): Ground {
    const { lab, clock, group, policy } = stage;
    const endpoints = SITES.map((site) => lab.site(site).etcdUrl);
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const journal = new EtcdJournal({ endpoints, requestTimeoutMs: policy.requestTimeoutMs }, clock, readiness);
    const watch = new RunWatch(journal, clock, groupId(group));
    const observer = new Observer(placesOf(stage), clock);
    const stale = new StaleChild(lab, join(logs, 'stale-actor.log'));
    return new Ground(lab, stage, watch, observer, stale, journal, logs);
  }

  /** Every part of Signalbox serves, or what is missing is told. */
  async serves(): Promise<void> {
    const { clock } = this.stage;
    const expected = this.lab.run.processes().filter(({ name }) => isSignalbox(name));
    for (const { site, name } of expected.filter((each) => !this.lab.isDown(each.site)))
      await waitFor(`${name}@${site}`, { clock, withinMs: SERVES_WITHIN_MS }, () => this.lab.serves(site, name));
  }

  /** Keeps what the processes said, before the lab goes. */
  keepLogs(): string {
    const kept = join(this.logs, 'processes');
    cpSync(this.lab.run.file('logs'), kept, { recursive: true });
    return this.logs;
  }

  async down(): Promise<void> {
    const { clients, witness } = this.stage;
    this.watch.stop();
    await Promise.allSettled([
      this.stale.stop(),
      this.observer.stop(),
      witness.stop(),
      clients.stopFollowing(),
      this.journal.close(),
    ]);
    await this.lab.down();
  }
}

const hostAndPort = (address: string) => {
  const [host = '', port] = address.split(':');
  return { host, port: Number(port) };
};

const placesOf = ({ lab, group, topic, name }: Stage): Places => ({
  group,
  topic,
  name,
  primary: hostAndPort(lab.site('w').dnsAddress),
  files: KAFKA_SITES.map((site) => ({ config: CONFIG_ID, site, path: lab.clientConfigFile(site) })),
  flows: [flowInto(lab, 'a', 'b'), flowInto(lab, 'b', 'a')],
  clusters: KAFKA_SITES.map((site) => ({
    site,
    ...lab.site(site).kafka,
    passwordOf: { app: lab.password('app'), admin: lab.password('admin') },
  })),
});

const flowInto = (lab: Lab, source: KafkaSite, target: KafkaSite) => ({
  flow: `${source}-to-${target}`,
  url: lab.site(target).connectUrl,
});
