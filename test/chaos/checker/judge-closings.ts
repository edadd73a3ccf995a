import { activeAfter, isMove, type AuditedRun } from './audit.js';
import type { Closing, Facts, Sample } from './facts.js';

/**
 * While no run is under way every resource agrees with what the audit says came of all of them, and carries the epoch
 * under which it was sealed last, or a later one: a weak one that was put right carries the one in force.
 */
export const ofClosings = (facts: Facts, runs: readonly AuditedRun[]): string[] => [
  ...notClosed(facts, runs),
  ...(runs.some(({ closedAt }) => closedAt === undefined)
    ? []
    : facts.closings.flatMap((closing) => {
        const run = runs.find(({ id }) => id === closing.run);
        if (!run) return [`run ${closing.run} is in no audit entry`];
        const active = activeAfter(facts.home, runs);
        return [
          ...epochsMissing(closing, runs),
          ...valuesWrong(closing, sinceLastMove(runs), active, facts),
          ...writesWrong(closing, active),
        ].map((problem) => `after ${run.kind} ${run.id} (${run.phase ?? 'open'}): ${problem}`);
      })),
];

const notClosed = ({ closings }: Facts, runs: readonly AuditedRun[]): string[] =>
  runs
    .filter(({ id, closedAt }) => closedAt === undefined && closings.some(({ run }) => run === id))
    .map(({ id, kind }) => `${kind} ${id} is not over`);

/** `seal-name-kafka.example` → `name/kafka.example`, as the audit names a run's seals. */
const SEALED: readonly (readonly [pattern: RegExp, resource: (found: RegExpExecArray) => string])[] = [
  [/^(?:re)?seal-name-(.+)$/, ([, name]) => `name/${name ?? ''}`],
  [/^(?:re)?seal-writes-(.+)$/, ([, site]) => `write-access/${site ?? ''}`],
  [/^(?:re)?seal-(?:mirror|positions)-(.+)$/, ([, flow]) => `mirror/${flow ?? ''}`],
  [/^(?:re)?seal-config-(.+)-([^-]+)$/, ([, config, site]) => `config/${config ?? ''}/${site ?? ''}`],
];

const resourceSealedBy = (step: string): string | undefined => {
  for (const [pattern, resource] of SEALED) {
    const found = pattern.exec(step);
    if (found) return resource(found);
  }
  return undefined;
};

const epochsMissing = ({ samples, down }: Closing, runs: readonly AuditedRun[]): string[] => {
  const stamps = new Map<string, number | undefined>();
  const wrong: string[] = [];
  for (const { id, seals, epochs, exceptions } of runs) {
    if (seals.length === 0) wrong.push(`the audit names no seal of ${id}`);
    for (const { name, status } of seals) {
      const resource = resourceSealedBy(name);
      if (resource === undefined) wrong.push(`${name} seals a resource that this checker does not know`);
      else stamps.set(resource, exceptions.includes(name) ? undefined : epochs.at(-1));
      if (status !== 'done' && !exceptions.includes(name))
        wrong.push(`${name} is ${status}, and no exception of ${id}`);
    }
  }
  const highest = Math.max(0, ...runs.flatMap(({ epochs }) => epochs));
  for (const [resource, stamp] of stamps) {
    if (stamp === undefined || down.some((site) => isAt(resource, site))) continue;
    const epoch = last(samples, resource)?.epoch;
    if (epoch === undefined) wrong.push(`${resource} could not be read`);
    else if (epoch < stamp || epoch > highest) wrong.push(`${resource} carries epoch ${epoch}, not ${stamp}`);
  }
  return wrong;
};

/** `mirror/a-to-b` runs at b. */
const isAt = (resource: string, site: string): boolean =>
  resource.endsWith(`/${site}`) || resource.endsWith(`-to-${site}`);

/** What a move could not do may be done by a later run. */
const sinceLastMove = (runs: readonly AuditedRun[]): readonly string[] =>
  runs.slice(Math.max(0, runs.findLastIndex(isMove))).flatMap(({ exceptions }) => exceptions);

const valuesWrong = ({ samples }: Closing, exceptions: readonly string[], active: string, facts: Facts): string[] => {
  const isExcepted = (part: string) => exceptions.some((step) => step.includes(part));
  const current = [...new Set(samples.map(({ resource }) => resource))].flatMap((name) => last(samples, name) ?? []);
  return current.flatMap(({ resource, value = '(nothing)' }) => {
    const [kind = '', name = '', site = ''] = resource.split('/');
    if (kind === 'name' && facts.siteOfAddress[value] !== active && !isExcepted(name))
      return [`${resource} points to ${value}, and ${active} is active`];
    if (kind === 'config' && value !== facts.bootstrapOf[active] && !isExcepted(`${name}-${site}`))
      return [`${resource} says ${value}, and ${active} is active`];
    if (kind === 'mirror' && value === 'running' && !name.startsWith(`${active}-`) && !isExcepted(name))
      return [`${resource} runs toward ${active}, which is active`];
    return [];
  });
};

const writesWrong = ({ writes }: Closing, active: string): string[] =>
  writes.flatMap(({ site, answer }) => {
    if (site === active)
      return answer === 'accepted' ? [] : [`${site} is active, and a write there was ${said[answer]}`];
    return answer === 'accepted' ? [`${site} is not active, and took a write`] : [];
  });

const said = { accepted: 'accepted', refused: 'refused', none: 'not answered' } as const;

const last = (samples: readonly Sample[], resource: string): Sample | undefined =>
  samples.findLast((sample) => sample.resource === resource);
