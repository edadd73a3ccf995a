import type { ReturningPhase, ReturningSite } from '#libs/domain';
import { except, rowsOf, type Machine } from './machine.js';

/** `protected` is a site without a record: it is active, or may become it. */
type Place = ReturningPhase | 'protected';
type Input = keyof typeof INPUTS;

const PHASES: Readonly<Record<Place, string>> = {
  protected: 'the site is active, or replication toward it keeps up: it has no record',
  lost: 'nobody has heard of it, or it has not been sealed since it came back',
  quarantined: 'it answers, it is sealed and fenced, and its stranded records are counted, or will be',
  'catching-up': 'replication toward it runs, and its lag has not been under the RPO for long enough',
};

const INPUTS = {
  'left-by-failover': 'a failover moved the group away from it',
  'left-by-plan': 'a switchover or failback moved the group away from it, and left it fenced and empty of its own',
  answers: 'its cluster is seen well and its guard renews',
  'is-gone': 'its cluster is down, or its guard is silent',
  'comes-under-rpo': 'the lag of the flow toward it is under the RPO, for the first time',
  'goes-above-rpo': 'that lag is above the RPO, or unknown, after it had been under it',
  'kept-up': 'that lag has been under the RPO for `protectedAfterMs`',
  'was-taken-in': 'the run that seals it and counts its stranded records has ended well',
  'was-not-taken-in': 'that run was taken back',
  'was-reprotected': 'the run that starts replication toward it has ended well',
  'was-salvaged': 'a run has done with its stranded records what a person wanted',
  'became-active': 'a run moved the group to it',
  'was-released': 'a person says that it was rebuilt by hand',
  'was-rescued': 'a rescue began, and it was not read in order',
  'was-not-sealed': 'a rescue ended, and could not seal it',
  'was-reborn': 'its Kafka calls itself something else than it was known as: it is another cluster',
} as const;

export const RETURNING: Machine<Place, Input> = {
  name: 'returning site',
  phases: PHASES,
  inputs: INPUTS,
  initial: 'protected',
  settled: ['protected'],
  rows: [
    { id: 'left-by-failover', from: ['protected'], on: ['left-by-failover'], to: 'lost' },
    { id: 'left-by-plan', from: ['protected'], on: ['left-by-plan'], to: 'quarantined' },
    { id: 'take-in', from: ['lost'], on: ['answers'], to: 'same' },
    { id: 'take-in-failed', from: ['lost'], on: ['was-not-taken-in'], to: 'same' },
    { id: 'site-quarantined', from: ['lost'], on: ['was-taken-in'], to: 'quarantined' },
    { id: 'returning-lost-again', from: ['quarantined'], on: ['is-gone'], to: 'lost' },
    { id: 'count-again', from: ['quarantined'], on: ['answers'], to: 'same' },
    { id: 'taken-in-again', from: ['quarantined'], on: ['was-taken-in'], to: 'same' },
    { id: 'not-taken-in-again', from: ['quarantined'], on: ['was-not-taken-in'], to: 'same' },
    { id: 'site-salvaged', from: ['quarantined'], on: ['was-salvaged'], to: 'same' },
    { id: 'reprotected', from: ['quarantined'], on: ['was-reprotected'], to: 'catching-up' },
    { id: 'catching-up-under-rpo', from: ['catching-up'], on: ['comes-under-rpo'], to: 'same' },
    { id: 'catching-up-above-rpo', from: ['catching-up'], on: ['goes-above-rpo'], to: 'same' },
    { id: 'site-protected', from: ['catching-up'], on: ['kept-up'], to: 'protected' },
    { id: 'site-active', from: except(PHASES), on: ['became-active'], to: 'protected' },
    { id: 'site-released', from: except(PHASES), on: ['was-released'], to: 'protected' },
    { id: 'rescued', from: except(PHASES), on: ['was-rescued'], to: 'lost' },
    { id: 'site-reborn', from: except(PHASES), on: ['was-reborn'], to: 'lost' },
    { id: 'not-sealed', from: ['protected'], on: ['was-not-sealed'], to: 'lost' },
  ],
  ignored: [
    {
      in: except(PHASES, 'protected'),
      on: ['left-by-failover', 'left-by-plan', 'was-not-sealed'],
      because: 'only the active site is left, and this one is on its way back already',
    },
    { in: ['lost'], on: ['is-gone'], because: 'it is lost already' },
    { in: ['protected'], on: ['answers'], because: 'it needs nothing but that' },
    {
      in: ['protected'],
      on: ['is-gone'],
      because: 'the verdict on it is a veto of its own for whoever would move there',
    },
    {
      in: ['catching-up'],
      on: ['answers', 'is-gone'],
      because: 'its lag says more: that of a site that is gone is unknown',
    },
    {
      in: except(PHASES, 'catching-up'),
      on: ['comes-under-rpo', 'goes-above-rpo', 'kept-up'],
      because: 'lag counts once a reprotect has started replication',
    },
    {
      in: ['catching-up', 'protected'],
      on: ['was-taken-in', 'was-not-taken-in'],
      because: 'only a site that is lost or in quarantine is taken in',
    },
    {
      in: except(PHASES, 'quarantined'),
      on: ['was-reprotected', 'was-salvaged'],
      because: 'only a site in quarantine is reprotected, or has its stranded records read',
    },
  ],
};

const rowAt = rowsOf(RETURNING);

/**
 * The record of a site after this input: `site` is all that is known of it besides. Undefined once it is protected; the
 * record it has where the input is ignored. Pure.
 */
export function siteAfter(
  input: Input,
  before: ReturningSite | undefined,
  site: Omit<ReturningSite, 'phase' | 'rule'>,
): ReturningSite | undefined {
  const phase = before?.phase ?? 'protected';
  const row = rowAt(phase, input);
  if (!row) return before;
  const to = row.to === 'same' ? phase : row.to;
  return to === 'protected' ? undefined : { ...site, phase: to, rule: row.id };
}
