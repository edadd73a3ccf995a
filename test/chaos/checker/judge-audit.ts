import type { AuditedRun, Entry } from './audit.js';

/** Written by whoever drives a run, under that run's epoch. */
const BY_THE_LEADER: readonly string[] = [
  'take-over-run',
  'take-over-compensation',
  'stage-done',
  'compensation-stage-done',
  'run-needs-human',
  'run-closed',
  'run-aborted',
];
const BEGINS_EPOCH: readonly string[] = ['take-over-run', 'take-over-compensation', 'compensate-run'];

/** What the audit alone proves: one run at a time, rising epochs with one owner each, and an end of every run. */
export const ofAudit = (entries: readonly Entry[], runs: readonly AuditedRun[]): string[] => [
  ...oneAtATime(runs),
  ...epochsRise(entries, runs),
  ...oneOwner(entries),
];

const oneAtATime = (runs: readonly AuditedRun[]): string[] =>
  runs.slice(1).flatMap((run, index) => {
    const before = runs[index];
    const isOver = before?.closedAt !== undefined && before.closedAt <= run.startedAt;
    return isOver ? [] : [`two runs at a time: ${run.id} was started before ${before?.id ?? ''} was closed`];
  });

const epochsRise = (entries: readonly Entry[], runs: readonly AuditedRun[]): string[] => {
  const began = new Map(runs.map(({ id, epochs }) => [epochs[0] ?? 0, id]));
  const wrong: string[] = [];
  let highest = 0;
  for (const { sequence, epoch, rule } of entries) {
    const isNew = began.has(epoch) || BEGINS_EPOCH.includes(rule);
    if (epoch < highest) wrong.push(`epoch fell: entry ${sequence} (${rule}) is of ${epoch} after ${highest}`);
    if (epoch > highest && !isNew) wrong.push(`epoch ${epoch} was begun by nobody: entry ${sequence} (${rule})`);
    if (epoch === highest && BEGINS_EPOCH.includes(rule))
      wrong.push(`epoch ${epoch} was begun twice: entry ${sequence} (${rule})`);
    highest = Math.max(highest, epoch);
  }
  const all = runs.flatMap(({ epochs }) => epochs);
  if (new Set(all).size !== all.length) wrong.push('two runs share an epoch');
  return wrong;
};

const oneOwner = (entries: readonly Entry[]): string[] => {
  const owners = new Map<number, string>();
  return entries
    .filter(({ rule, actor }) => BY_THE_LEADER.includes(rule) && actor.kind === 'process')
    .flatMap(({ epoch, actor, sequence }) => {
      const owner = owners.get(epoch) ?? actor.id;
      owners.set(epoch, owner);
      return owner === actor.id
        ? []
        : [`epoch ${epoch} has two owners: ${owner}, and ${actor.id} in entry ${sequence}`];
    });
};
