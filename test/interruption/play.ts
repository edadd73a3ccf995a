import { verifyChain } from '#libs/audit';
import type { Run, StepRecord } from '#libs/domain';
import { canonicalJson } from '#libs/contracts';
import { keys, type Transaction } from '#libs/journal';
import { Cast } from './cast.js';
import type { Cut, Point } from './cuts.js';
import { stageFor, type Scenario } from './plans.js';
import { World } from './world.js';

const ROOT = '/signalbox/';
/** A run that is not closed after this much virtual time never will be. */
const WITHIN_MS = 180_000;
/** After the close: long enough for whatever was still under way, and for the leader to look again. */
const AFTERWARDS_MS = 300;

/** What a play came to. */
export interface Ending {
  readonly points: readonly Point[];
  readonly run: Run;
  readonly steps: readonly StepRecord[];
  /** What must be the same however the play was cut. */
  readonly picture: Picture;
  /** What must never be, in words. */
  readonly wrongs: readonly string[];
  readonly tookMs: number;
}

export interface Picture {
  readonly phase: string;
  readonly group: string;
  readonly exceptions: readonly string[];
  readonly resources: Readonly<Record<string, ResourcePicture>>;
}

export interface ResourcePicture {
  /** The values it went through, in canonical JSON; each of them differs from the one before. */
  readonly went: readonly string[];
  /** Whether it carries the group's epoch at the end; `any` where that is left open. */
  readonly stamp: 'current' | 'older' | 'none' | 'any';
}

/** Plays a scenario to its end, cut where `cuts` say. @throws Error when it does not come to an end */
export async function play(scenario: Scenario, cuts: readonly Cut[] = []): Promise<Ending> {
  const stage = stageFor(scenario);
  const world = new World(stage.settings, scenario.active, scenario.initial);
  world.trouble = scenario.trouble ?? [];
  const cast = new Cast(stage, world, cuts);
  await stage.journal.commit({ conditions: [], changes: await openingOf(scenario) });
  cast.orchestrator();
  void scenario.begin(cast);
  const startedMs = stage.clock.monotonicMs();
  await stage.clock.advanceUntil(() => cast.chronicle.allClosed, WITHIN_MS, 100);
  const tookMs = stage.clock.monotonicMs() - startedMs;
  const late = await arrivals(cast);
  await stage.clock.advance(AFTERWARDS_MS);
  return { ...(await ending(cast, scenario, late)), tookMs };
}

const openings = new Map<Scenario, Promise<Transaction['changes']>>();

/** What stands in the journal before it begins. Made once: signing votes takes longer than anything else. */
function openingOf(scenario: Scenario): Promise<Transaction['changes']> {
  const known = openings.get(scenario) ?? madeOpening(scenario);
  openings.set(scenario, known);
  return known;
}

async function madeOpening(scenario: Scenario): Promise<Transaction['changes']> {
  const stage = stageFor(scenario);
  await scenario.before(stage);
  const { entries } = await stage.journal.read(ROOT);
  return entries.map(({ key, value }) => ({ kind: 'put', key, value }));
}

/** What was on its way arrives now that the run is closed; returns what should have been refused and was not. */
async function arrivals({ cuts, world }: Cast): Promise<string[]> {
  const wrongs: string[] = [];
  const before = canonicalJson(valuesOf(world));
  for (const { point, arrive } of cuts.inFlight) {
    const answer = await arrive();
    const isCommitted = typeof answer === 'object' && answer !== null && 'committed' in answer && answer.committed;
    // What was decided since the close may still be decided.
    if (isCommitted && isOfRun(point)) wrongs.push(`a commit of ${point.by} was let in after the run was closed`);
    if (canonicalJson(valuesOf(world)) !== before)
      wrongs.push(`a late write of ${point.by} changed a resource after the run was closed (${String(answer)})`);
  }
  return wrongs;
}

const isOfRun = (point: Point): boolean =>
  point.kind === 'commit' && point.transaction.changes.some(({ key }) => key.startsWith(keys.runs()));

async function ending({ stage, world, cuts, chronicle }: Cast, { fenceMode }: Scenario, late: readonly string[]) {
  const epoch = await stage.epoch();
  const runs = [...chronicle.runs.values()];
  const [run] = runs;
  if (!run) throw new Error('no run was started');
  const { entries } = await stage.journal.read(keys.runRecords(run.id));
  const steps = entries.filter(({ key }) => !key.endsWith('/run')).map(({ value }) => JSON.parse(value) as StepRecord);
  const state = await stage.state();
  const audit = verifyChain(await stage.audit());
  const wrongs = [...late, ...(fenceMode === 'advisory' ? [] : world.wrongs)];
  if (!audit.ok) wrongs.push(`the audit chain is broken at ${audit.sequence}: ${audit.reason}`);
  if (chronicle.openAtOnce > 1) wrongs.push(`${chronicle.openAtOnce} runs were open at once`);
  if (runs.length > 1) wrongs.push(`${runs.length} runs were started: ${runs.map(({ id }) => id).join(', ')}`);
  if (state.phase === 'running') wrongs.push(`the group is still running ${state.run}`);
  for (const { key, past } of world.resources.values()) {
    const lower = past.findIndex((held, index) => index > 0 && held.epoch < (past[index - 1]?.epoch ?? 0));
    if (lower >= 0) wrongs.push(`${key} was changed under epoch ${past[lower]?.epoch} after a higher one`);
  }
  const returning = Object.entries(state.returning).map(([site, { phase }]) => `${site} ${phase}`);
  const picture: Picture = {
    phase: run.phase,
    group: `${state.active} is active; returning: ${returning.join() || 'none'}`,
    exceptions: run.exceptions.map(({ step }) => step).toSorted(),
    resources: Object.fromEntries(
      [...world.resources.values()].map(({ key, past, held }) => {
        const values = past.map(({ value }) => canonicalJson(value));
        const went = values.filter((value, index) => value !== values[index - 1]);
        return [key, { went, stamp: stampOf(held.epoch, epoch) }];
      }),
    ),
  };
  return { points: cuts.points, run, steps, picture, wrongs };
}

function stampOf(held: number, current: number): ResourcePicture['stamp'] {
  if (held === current) return 'current';
  return held === 0 ? 'none' : 'older';
}

const valuesOf = (world: World) => [...world.resources].map(([key, { held }]) => [key, held.value]);
