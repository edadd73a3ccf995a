import { canonical, sha256 } from './canonical.js';

/** An entry of the export, as far as it is judged. */
export interface Entry {
  readonly sequence: number;
  readonly at: number;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly rule: string;
  readonly before: string;
  readonly after: string;
  readonly epoch: number;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly evidenceHash: string;
  readonly previous: string;
  readonly hash: string;
}

export interface StepResult {
  readonly name: string;
  readonly site: string;
  readonly status: string;
}

/** A run as the audit tells it. */
export interface AuditedRun {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  /** One for its start, and one for every takeover and compensation. */
  readonly epochs: readonly number[];
  readonly takeovers: readonly number[];
  /** What became of the seals under the last epoch. */
  readonly seals: readonly StepResult[];
  /** Every step that was told of, under whatever epoch. */
  readonly steps: readonly StepResult[];
  readonly closedAt?: number;
  readonly phase?: string;
  readonly exceptions: readonly string[];
  readonly needsHuman: boolean;
}

const GENESIS = '0'.repeat(64);

export const entriesOf = (file: string): readonly Entry[] => parsed(file).slice(1) as unknown as Entry[];

const parsed = (file: string): readonly Record<string, unknown>[] =>
  file
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Every link, by a hash of our own: what does not hold, in words. */
export const brokenLinks = (file: string): string[] => {
  const lines = file.split('\n');
  if (lines.pop() !== '') return ['the export does not end with a whole line'];
  const [header, ...entries] = lines.map((line) => readLine(line));
  if (!header) return ['the export is empty'];
  const wrong = [header, ...entries].flatMap((line, index) =>
    line.problem ? [`line ${index + 1}: ${line.problem}`] : [],
  );
  let previous = GENESIS;
  for (const [index, { value }] of entries.entries()) {
    if (value['sequence'] !== index + 1) wrong.push(`line ${index + 2}: sequence ${String(value['sequence'])}`);
    if (value['previous'] !== previous) wrong.push(`line ${index + 2}: not linked to the entry before`);
    if (value['evidenceHash'] !== sha256(canonical(value['evidence'])))
      wrong.push(`line ${index + 2}: its evidence is another one`);
    previous = String(value['hash']);
  }
  if (header.value['head'] !== previous) wrong.push('the export does not end where its header says');
  return wrong;
};

const readLine = (line: string): { readonly value: Record<string, unknown>; readonly problem?: string } => {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    const { hash, ...hashed } = value;
    if (canonical(value) !== line) return { value, problem: 'it is not in its canonical form' };
    return hash === sha256(canonical(hashed))
      ? { value }
      : { value, problem: 'its hash is not the hash of its content' };
  } catch {
    return { value: {}, problem: 'it is no JSON' };
  }
};

/** The runs in the order of their start. */
export const runsIn = (entries: readonly Entry[]): readonly AuditedRun[] => {
  const runs = new Map<string, AuditedRun>();
  for (const entry of entries) {
    for (const run of startedBy(entry)) runs.set(run.id, run);
    const id = entry.evidence['run'];
    const run = typeof id === 'string' ? runs.get(id) : undefined;
    if (run) runs.set(run.id, { ...run, ...changed(run, entry) });
  }
  return [...runs.values()];
};

const startedBy = ({ evidence, at, epoch }: Entry): AuditedRun[] => {
  const owes = (evidence['owes'] ?? []) as readonly Readonly<Record<string, string>>[];
  return owes
    .filter(({ does }) => does === 'start-run')
    .map(({ run: id = '', kind = '', from = '', to = '' }) => ({
      id,
      kind,
      from,
      to,
      startedAt: at,
      epochs: [epoch],
      takeovers: [],
      seals: [],
      steps: [],
      exceptions: [],
      needsHuman: false,
    }));
};

const changed = (run: AuditedRun, { rule, evidence, epoch, at }: Entry): Partial<AuditedRun> => {
  const steps = (evidence['steps'] ?? []) as readonly StepResult[];
  const seals = steps.filter(({ name }) => /^(re)?seal-/.test(name));
  const seen = { steps: [...run.steps, ...steps], ...(seals.length > 0 && { seals }) };
  switch (rule) {
    case 'take-over-run':
    case 'take-over-compensation':
      return { epochs: [...run.epochs, epoch], takeovers: [...run.takeovers, at] };
    case 'compensate-run':
      return { epochs: [...run.epochs, epoch] };
    case 'run-closed':
    case 'run-aborted': {
      const exceptions = (evidence['exceptions'] ?? []) as readonly { readonly step: string }[];
      return {
        ...seen,
        closedAt: at,
        phase: String(evidence['phase']),
        exceptions: exceptions.map(({ step }) => step),
        needsHuman: false,
      };
    }
    case 'run-needs-human':
      return { ...seen, needsHuman: true };
    default:
      return seen;
  }
};

const MOVES: readonly string[] = ['failover', 'switchover', 'failback'];

/** Whether it changes which site is active. */
export const isMove = ({ kind }: AuditedRun): boolean => MOVES.includes(kind);

/** Where the group is after these runs. */
export const activeAfter = (home: string, runs: readonly AuditedRun[]): string =>
  runs.filter((run) => isMove(run) && run.phase?.startsWith('completed')).reduce((_, { to }) => to, home);
