import {
  epoch,
  resourceKey,
  type Epoch,
  destinationsOf,
  type Json,
  type OneTarget,
  type ResourceRef,
  type SiteId,
  type StepRecord,
} from '#libs/domain';
import type { GroupEvent } from './decision.js';
import type { GroupState } from './group-state.js';
import { startRun, steadied, type Closed, type Next } from './moving.js';
import type { GroupShape } from './policy.js';
import { siteAfter } from './returning-machine.js';

/** Above every epoch that somebody may still hold who was cut off when the journal was lost. */
const RESCUE_STEP = 1_000;

/** What one resource was read as; `problem` where nobody could read it. */
export interface Reading {
  readonly resource: ResourceRef;
  readonly runsAt: SiteId;
  readonly epoch?: Epoch;
  readonly value?: Json;
  readonly problem?: string;
}

/** What a survey came to, held against the site that a person says is active. */
export interface Assessment {
  readonly active: SiteId;
  readonly readings: readonly Reading[];
  /** The highest that was ever seen, the journal's included; and the one that the rescue sets. */
  readonly highest: Epoch;
  readonly next: Epoch;
  /** Everything that is not as it would be if the person and the journal were right, in words. */
  readonly disagreements: readonly string[];
  /** Sites whose write access nobody could read: only a person can say that they take no writes. */
  readonly unread: readonly SiteId[];
  /** A resource carries a higher epoch than the journal. */
  readonly isBehind: boolean;
  /** Passive sites in order: under their standing fence, with replication toward them running. */
  readonly standing: readonly SiteId[];
}

export interface Surveyed {
  readonly shape: GroupShape;
  readonly state: GroupState;
  /** The journal's. */
  readonly epoch: Epoch;
  /** The steps of the survey; one without a report counts as not read. */
  readonly records: readonly StepRecord[];
}

/** Pure. */
export function assess(active: SiteId, { shape, state, epoch: inForce, records }: Surveyed): Assessment {
  const readings = records.map(readingOf);
  const highest = epoch(Math.max(inForce, ...readings.map((reading) => reading.epoch ?? 0)));
  const accessAt = (site: SiteId) =>
    readings.find(({ resource }) => resource.kind === 'write-access' && resource.site === site);
  const others = shape.sites.filter((site) => site !== active);
  return {
    active,
    readings,
    highest,
    next: epoch(highest + RESCUE_STEP),
    disagreements: [
      ...(state.active === active ? [] : [`the journal says that ${state.active} is active, you say ${active}`]),
      ...readings.flatMap((reading) => disagreementsOf(reading, active, shape, inForce)),
    ],
    isBehind: highest > inForce,
    unread: shape.sites.filter((site) => accessAt(site)?.value === undefined),
    standing: others.filter(
      (site) =>
        accessAt(site)?.value === 'inbound' && !(site in state.returning) && isFed(site, active, shape, readings),
    ),
  };
}

function readingOf({ resource, runsAt, status, verifiedBy, problem }: StepRecord): Reading {
  const observed = status === 'done' ? verifiedBy?.observed : undefined;
  if (typeof observed === 'object' && observed !== null && 'epoch' in observed && 'value' in observed) {
    return { resource, runsAt, epoch: epoch(Number(observed.epoch)), value: observed.value as Json };
  }
  return { resource, runsAt, problem: problem ?? `nobody at ${runsAt} answered` };
}

const isFed = (site: SiteId, active: SiteId, { flows }: GroupShape, readings: readonly Reading[]): boolean =>
  flows.some(
    ({ id, from, to }) =>
      from === active &&
      to === site &&
      readings.some(({ resource, value }) => resource.kind === 'mirror' && resource.flow === id && value === 'running'),
  );

function disagreementsOf(reading: Reading, active: SiteId, shape: GroupShape, inForce: Epoch): string[] {
  const name = resourceKey(reading.resource);
  if (reading.value === undefined) return [`${name} was not read: ${reading.problem ?? ''}`];
  const isAhead = (reading.epoch ?? 0) > inForce;
  const differs = differenceOf(reading, active, shape);
  return [
    ...(isAhead ? [`${name} carries epoch ${reading.epoch}, the journal is at ${inForce}`] : []),
    ...(differs ? [`${name} is ${shortText(reading.value)}: ${differs}`] : []),
  ];
}

/** What the rescue changes at a resource, in words; undefined where it is as it should be. */
function differenceOf({ resource, value }: Reading, active: SiteId, shape: GroupShape): string | undefined {
  switch (resource.kind) {
    case 'write-access':
      if (resource.site === active) return value === 'clients' ? undefined : `${active} is opened for clients`;
      return value === 'inbound' || value === 'none'
        ? undefined
        : `clients may write there; ${resource.site} is fenced`;
    case 'mirror': {
      const flow = shape.flows.find(({ id }) => id === resource.flow);
      return flow?.to === active && value === 'running' ? `it replicates toward ${active} and is stopped` : undefined;
    }
    case 'name': {
      const target = shape.names.find(({ name }) => name === resource.name)?.targets[active];
      const wanted = target ? destinationsOf(target) : [];
      const held = destinationsOf(value as unknown as OneTarget);
      return held.join() === wanted.join() ? undefined : `it is set to ${wanted.join(', ')}`;
    }
    case 'config': {
      const wanted = shape.configs.find(({ id }) => id === resource.config)?.data[active] ?? {};
      return settingsText(value as object) === settingsText(wanted)
        ? undefined
        : `it is set to what holds for ${active}`;
    }
    case 'positions':
    case 'backlog':
    case 'salvage':
    case 'group-offsets':
    case 'resolution':
      return undefined;
  }
}

const settingsText = (data: object): string =>
  Object.entries(data)
    .map(([key, value]) => `${key}=${String(value)}`)
    .toSorted()
    .join('\n');
const shortText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

type Rescued = Extract<GroupEvent, { kind: 'rescued' }>;

/**
 * The person's word replaces what the journal said: the named site is active, every other one is on its way back unless
 * it was read in order. A run stamps and sets it all; until it is closed nothing else is decided.
 */
export function onRescued(state: GroupState, event: Rescued): Next {
  const { plan, standing, at, fresh, isBehind } = event;
  const others = event.sites.filter((site) => site !== plan.to && !standing.includes(site));
  const returning = others.map((site) => {
    const before = state.returning[site];
    // Out of date, a watermark would have records copied twice.
    const { watermark, leftBy = fresh.run } = before ?? {};
    const known = watermark && !isBehind ? { watermark } : {};
    return [site, siteAfter('was-rescued', before, { since: at, leftBy, ...known })] as const;
  });
  const adopted = { ...steadied(state), active: plan.to, returning: Object.fromEntries(returning) };
  return startRun(adopted as GroupState, event, plan, { requestedBy: event.by });
}

/** A passive site that was in order and was not sealed is on its way back as well. */
export function afterRescue(state: GroupState, { run, at, findings: { unsealed = [] } }: Closed): GroupState {
  const lost = unsealed
    .filter((site) => site !== state.active)
    .map((site) => {
      const before = state.returning[site];
      return [site, siteAfter('was-not-sealed', before, { since: at, leftBy: run })] as const;
    });
  return { ...state, returning: { ...state.returning, ...(Object.fromEntries(lost) as GroupState['returning']) } };
}
