import { activeAfter, type AuditedRun } from './audit.js';
import type { Closing, Facts, Sample } from './facts.js';

/** After a run was closed every resource agrees with what the audit says came of it, and carries the run's epoch. */
export const ofClosings = (facts: Facts, runs: readonly AuditedRun[]): string[] => [
  ...notClosed(facts, runs),
  ...facts.closings.flatMap((closing) => {
    const index = runs.findIndex(({ id }) => id === closing.run);
    const run = runs[index];
    if (!run) return [`run ${closing.run} is in no audit entry`];
    const active = activeAfter(facts.home, runs.slice(0, index + 1));
    return [
      ...epochsMissing(closing, run),
      ...valuesWrong(closing, run, active, facts),
      ...writesWrong(closing, active),
    ].map((problem) => `after ${run.kind} ${run.id} (${run.phase ?? 'open'}): ${problem}`);
  }),
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

const epochsMissing = ({ samples }: Closing, run: AuditedRun): string[] => {
  const stamp = run.epochs.at(-1) ?? 0;
  if (run.seals.length === 0) return ['its audit names no seal'];
  return run.seals.flatMap(({ name, status }) => {
    const resource = resourceSealedBy(name);
    if (resource === undefined) return [`${name} seals a resource that this checker does not know`];
    if (run.exceptions.includes(name)) return [];
    if (status !== 'done') return [`${name} is ${status}, and no exception of the run`];
    const sample = last(samples, resource);
    if (!sample) return [`${resource} could not be read`];
    return sample.epoch === stamp ? [] : [`${resource} carries epoch ${sample.epoch}, not ${stamp}`];
  });
};

const valuesWrong = ({ samples }: Closing, run: AuditedRun, active: string, facts: Facts): string[] => {
  const isExcepted = (part: string) => run.exceptions.some((step) => step.includes(part));
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
