import { describe, expect, it } from '@jest/globals';
import type { Observation } from '#libs/contracts';
import { clusterId, processId, type SiteId } from '#libs/domain';
import { InMemoryDoorbell } from '#libs/jobs';
import { Journal, keys } from '#libs/journal';
import { Clock, InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { a, b, group, Stage, stageKey, w } from '../../../test/support/group-stage.js';
import { entriesHeld } from '../../../test/support/held.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { GroupDirectory } from './group/group-directory.js';
import type { GroupLoop } from './group/group-loop.js';
import type { Leadership } from './group/leadership.js';
import { LocalView } from './observation/local-view.js';
import { ThisProcess } from './this-process.js';
import { EventFeed } from './view/event-feed.js';
import { JournalFollower } from './view/journal-follower.js';
import { VerdictBoard } from './view/verdict-board.js';

const DAYS = 24;
/** Every one of them has led twice by then, and the same one as after the last day was the latest. */
const SETTLED_AFTER_DAYS = 12;
/** Seldom, so that weeks pass in seconds: what is kept of a look does not depend on when the next one is. */
const LOOKS_A_DAY = 4;
const DAYS_TO_A_RUN = 2;
const LOOK_MS = (24 * 3_600_000) / LOOKS_A_DAY;

const FOREIGN = [Stage, Journal, Clock, InMemoryLog];

/** All that an orchestrator of one site keeps, on a stage. */
class LongLived {
  readonly loop: GroupLoop;
  readonly leadership: Leadership;
  readonly localView: LocalView;
  readonly feed = new EventFeed();
  readonly board: VerdictBoard;
  readonly directory: GroupDirectory;
  readonly dispatcher: Dispatcher;
  readonly readiness: ProcessReadiness;
  readonly stops;

  constructor(
    stage: Stage,
    readonly site: SiteId,
  ) {
    const { clock, journal, topology } = stage;
    const log = new InMemoryLog();
    const process = processId(`orchestrator@${site}`);
    const self = new ThisProcess({ site, process, topology, topologyHash: 'hash', signingKey: stageKey(site) });
    this.leadership = stage.leadership();
    this.loop = stage.loopOf(site, this.leadership);
    this.localView = new LocalView(clock, topology.policy.voteTtlMs);
    this.board = new VerdictBoard(self, this.localView, this.feed);
    this.directory = new GroupDirectory(topology, journal, log);
    this.dispatcher = new Dispatcher(journal, new InMemoryDoorbell(clock), site, clock);
    this.readiness = new ProcessReadiness(log, clock);
    const follower = new JournalFollower(journal, this.feed, clock);
    this.stops = [this.dispatcher.start(LOOK_MS), follower.start(() => undefined)];
  }

  /** Monitors come and go, by new names, people look, and Redis is away for a moment. */
  async look(monitor: string): Promise<void> {
    this.localView.observe(observationOf(processId(monitor)));
    const [known] = this.directory.groups;
    if (known) this.board.showLocal(known);
    const reader = this.feed.events.subscribe();
    await this.loop.settle();
    reader.unsubscribe();
    this.readiness.missing('Redis', `away since ${monitor}`);
    this.readiness.ready('Redis');
  }

  get held(): number {
    return entriesHeld(this, (value) => FOREIGN.some((type) => value instanceof type));
  }
}

const observationOf = (process: Observation['process']) =>
  ({
    vantage: b,
    process,
    cluster: clusterId('kafka-a'),
    opinion: 'up',
    flows: [],
    probes: [],
    configHash: '',
  }) as never;

/** A site is lost and comes back, as it was. */
async function runOn(stage: Stage, leader: LongLived): Promise<void> {
  await stage.silence(a);
  await stage.loseA(5_000);
  await stage.playUntil(leader.loop, async () => (await stage.state()).active === b && !(await isRunning(stage)));
  await stage.stands({});
  await stage.allWell();
}

const isRunning = async (stage: Stage) => (await stage.state()).phase === 'running';

/** What the journal keeps is the journal's business. */
async function tidy({ journal }: Stage): Promise<void> {
  const { entries } = await journal.read(keys.runs(), keys.audit(group), keys.approvals());
  for (const { key } of entries) await journal.commit({ conditions: [], changes: [{ kind: 'delete', key }] });
  journal.compact((await journal.read(keys.runs())).revision);
}

async function day(stage: Stage, number: number, processes: readonly LongLived[]): Promise<void> {
  await stage.allWell();
  for (let look = 0; look < LOOKS_A_DAY; look++) {
    for (const each of processes) await each.look(`health-monitor@${number}.${look}`);
    await stage.clock.advance(LOOK_MS);
  }
  if (number % DAYS_TO_A_RUN > 0) return;
  // Each time another one leads: the lease of the last one has ended in the meantime.
  const leader = processes[(number / DAYS_TO_A_RUN) % processes.length];
  if (!leader) throw new Error('nobody is there');
  await leader.loop.settle();
  await runOn(stage, leader);
  await tidy(stage);
}

describe('an orchestrator that runs for weeks', () => {
  it('holds no more after 24 days of votes, runs and changes of the lead than after a few', async () => {
    const stage = new Stage();
    const processes = [a, b, w].map((site) => new LongLived(stage, site));
    const held: number[][] = [];
    for (let number = 1; number <= DAYS; number++) {
      await day(stage, number, processes);
      held.push(processes.map((each) => each.held));
    }
    for (const stop of processes.flatMap(({ stops }) => stops)) stop();
    process.stderr.write(`entries held after each day: ${held.map((each) => each.join('/')).join(' ')}\n`);
    expect(held.at(-1)).toEqual(held[SETTLED_AFTER_DAYS - 1]);
  });
});
