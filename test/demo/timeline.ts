import type { Observation } from '#libs/contracts';
import {
  isSettled,
  type Approval,
  type AuditEntry,
  type Instant,
  type Run,
  type StepRecord,
  type Verdict,
} from '#libs/domain';
import type { StreamedEvent } from './event-stream.js';

const COLUMN = 9;
const READ_BACK_LENGTH = 160;

/** Turns events into lines for a person: what was seen, which rule, which step, what was read back, how long. */
export class Timeline {
  private readonly told = new Map<string, string>();
  private readonly latest = new Map<string, number>();
  private startedAt: Instant;

  constructor(
    now: Instant,
    private readonly print: (line: string) => void,
  ) {
    this.startedAt = now;
  }

  /** Times are told from here on, and everything is news again. */
  restart(now: Instant): void {
    this.startedAt = now;
  }

  tell(what: string, text: string, now: Instant): void {
    const seconds = ((now - this.startedAt) / 1_000).toFixed(3);
    this.print(`${`+${seconds}`.padStart(COLUMN)} s  ${what.padEnd(COLUMN)} ${text}`);
  }

  /** What somebody typed and saw, line by line as it was. */
  quote(typed: string, said: string, now: Instant): void {
    this.tell('types', typed, now);
    for (const line of said.trimEnd().split('\n')) this.print(`${' '.repeat(COLUMN + 4)}│ ${line}`);
  }

  /** Says each thing once, however often it is reported. */
  event({ kind, data }: StreamedEvent, now: Instant): void {
    if (kind === 'observation' && this.isOld(data as Observation)) return;
    const news = describe(kind, data);
    if (!news || this.told.get(news.about) === news.state) return;
    this.told.set(news.about, news.state);
    this.tell(news.what, news.text, now);
  }

  /** Each cluster passes observations on by itself, and one that was cut off passes its backlog on when it is back. */
  private isOld({ process, incarnation, cluster, sequence }: Observation): boolean {
    const source = `${process}/${incarnation}/${cluster}`;
    if (sequence <= (this.latest.get(source) ?? -1)) return true;
    this.latest.set(source, sequence);
    return false;
  }
}

interface News {
  /** Whose state it is; told again only when that changed. */
  readonly about: string;
  readonly state: string;
  readonly what: string;
  readonly text: string;
}

const describe = (kind: string, data: unknown): News | undefined => {
  switch (kind) {
    case 'observation':
      return observed(data as Observation);
    case 'verdict':
      return judged(data as { verdict: Verdict; recorded: boolean });
    case 'decision':
      return decided(data as AuditEntry);
    case 'step':
      return stepped(data as StepRecord);
    case 'run':
      return ran(data as Run);
    case 'approval':
      return asked(data as Approval);
    default:
      return undefined;
  }
};

const observed = ({ process, cluster, opinion, reason, failedForMs }: Observation): News => {
  const since = failedForMs > 0 ? `, failing for ${Math.round(failedForMs)} ms` : '';
  const text = `${process}: cluster ${cluster} is ${opinion}${since}${reason ? ` (${reason})` : ''}`;
  return { about: `${process} on ${cluster}`, state: `${opinion}${failedForMs > 0}`, what: 'seen', text };
};

const judged = ({ verdict, recorded }: { verdict: Verdict; recorded: boolean }): News => {
  const voices = verdict.voices.map(({ site, opinion }) => `${site} ${opinion}`).join(', ');
  const dwell = verdict.dwellMs === undefined ? '' : `, dwell ${verdict.dwellMs} ms`;
  const text = `cluster ${verdict.cluster} is ${verdict.kind} by ${verdict.rule}: ${voices}${dwell}${recorded ? '' : ', UNRECORDED'}`;
  return { about: `verdict ${verdict.cluster}`, state: `${verdict.rule}${recorded}`, what: 'verdict', text };
};

const decided = ({ group, sequence, rule, before, after, epoch }: AuditEntry): News => ({
  about: `decision ${group}`,
  state: String(sequence),
  what: 'decision',
  text: `${group}: ${rule}, ${before} → ${after}, epoch ${epoch}`,
});

const stepped = (step: StepRecord): News | undefined => {
  if (!isSettled(step.status)) return undefined;
  const { run, name, status, attempt, runsAt, startedAt, finishedAt, verifiedBy, problem } = step;
  const took = startedAt !== undefined && finishedAt !== undefined ? ` in ${finishedAt - startedAt} ms` : '';
  const read = verifiedBy ? `; ${verifiedBy.check} read ${shortened(JSON.stringify(verifiedBy.observed))}` : '';
  return {
    about: `${run} ${name}`,
    state: `${status} ${attempt}`,
    what: 'step',
    text: `${name} at ${runsAt}: ${status}${took}${read}${problem ? `; ${problem}` : ''}`,
  };
};

/** The report holds all of it. */
const shortened = (text: string): string =>
  text.length <= READ_BACK_LENGTH ? text : `${text.slice(0, READ_BACK_LENGTH - 1)}…`;

const ran = ({ id, plan, phase, stage, problem }: Run): News => ({
  about: id,
  state: `${phase} ${phase === 'stepping' ? stage : ''}`,
  what: 'run',
  text: `${plan.kind} ${plan.from} → ${plan.to} is ${phase}${phase === 'stepping' ? `, stage ${stage}` : ''}${problem ? `: ${problem}` : ''}`,
});

const asked = ({ id, group, kind, target, phase, vetoes, decidedBy }: Approval): News => {
  const lifts = vetoes.length > 0 ? `; in the way: ${vetoes.map(({ name }) => name).join(', ')}` : '';
  return {
    about: id,
    state: phase,
    what: 'approval',
    text: `${kind} of ${group} to ${target}: ${phase}${decidedBy ? ` by ${decidedBy}` : ''}${lifts}`,
  };
};
