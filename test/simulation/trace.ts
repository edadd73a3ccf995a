import { createHash, type Hash } from 'node:crypto';
import type { StepRecord, Run } from '#libs/domain';
import type { Transaction } from '#libs/journal';
import type { Cast } from './cast/cast.js';
import type { Stage } from './cast/stage.js';
import type { Timeline } from './kernel/timeline.js';

/** The last so many lines of a life are kept for people; its hash covers everything that was committed. */
const KEPT_LINES = 4_000;

/** What happened, for people and for comparing two lives of the same seed. */
export class Trace {
  private readonly digest: Hash = createHash('sha256');
  private kept: string[] = [];
  private said = '';

  constructor(private readonly timeline: Timeline) {}

  get lines(): readonly string[] {
    return this.kept;
  }

  get hash(): string {
    return this.digest.copy().digest('hex').slice(0, 16);
  }

  note(what: string): void {
    const { worldMs } = this.timeline;
    const line = `${clockOf(worldMs)} ${what}`;
    this.digest.update(line);
    const isRepeated = what === this.said;
    this.said = what;
    if (isRepeated) return;
    this.kept.push(line);
    if (this.kept.length > KEPT_LINES) this.kept = this.kept.slice(KEPT_LINES / 2);
  }

  follow(stage: Stage, cast: Cast): void {
    const { etcd, world } = stage;
    const [weighed, judged] = [etcd.onCommitted, world.onDeed];
    etcd.onCommitted = (by, transaction, revision) => {
      this.committed(by, transaction);
      weighed(by, transaction, revision);
    };
    world.onDeed = (deed) => {
      const { by, resource, epoch, next, outcome } = deed;
      this.note(`${by} writes ${resource.key} = ${JSON.stringify(next)} under ${epoch}: ${outcome}`);
      judged(deed);
    };
    cast.onEnded = ({ id, incarnation }) => this.note(`${id}#${incarnation} is gone`);
    cast.onStarted = ({ id, incarnation }) => this.note(`${id}#${incarnation} starts`);
  }

  private committed(by: string, { changes }: Transaction): void {
    for (const change of changes) {
      this.digest.update(`${this.timeline.nowMs} ${by} ${change.key} ${change.kind}`);
      if (change.kind === 'put' && !change.key.includes('/votes/')) this.digest.update(change.value);
      const shown = change.kind === 'put' ? shownOf(change.key, change.value) : undefined;
      if (shown !== undefined) this.note(`${by}: ${shown}`);
    }
  }
}

/** What is worth a line: decisions, runs and steps. */
function shownOf(key: string, value: string): string | undefined {
  if (key.endsWith('/state')) {
    const { phase, active, rule, vetoes, returning } = JSON.parse(value) as {
      phase: string;
      active: string;
      rule: string;
      vetoes: string[];
      returning: Record<string, { phase: string }>;
    };
    const away = Object.entries(returning).map(([site, { phase: how }]) => `${site} ${how}`);
    return `group ${phase}, active ${active}, ${rule}${vetoes.length > 0 ? ` [${vetoes.join()}]` : ''}${away.length > 0 ? ` (${away.join()})` : ''}`;
  }
  if (key.endsWith('/run')) {
    const { id, phase, stage, epoch, problem } = JSON.parse(value) as Run;
    return `run ${id} ${phase}/${stage} under ${epoch}${problem ? `: ${problem}` : ''}`;
  }
  if (key.includes('/runs/')) {
    const { name, status, epoch, attempt, verifiedBy, problem } = JSON.parse(value) as StepRecord;
    if (status === 'planned') return undefined;
    return `step ${name} ${status} under ${epoch} #${attempt}${verifiedBy ? ` (${verifiedBy.check})` : ''}${problem ? `: ${problem}` : ''}`;
  }
  if (key.endsWith('/epoch')) return `epoch ${value}`;
  if (key.endsWith('/leader')) return `leads as ${value}`;
  if (key.endsWith('/hold')) return `HOLD ${value}`;
  return undefined;
}

const clockOf = (ms: number): string => {
  const whole = Math.floor(ms / 1_000);
  const part = (divisor: number, base: number) => String(Math.floor(whole / divisor) % base).padStart(2, '0');
  return `${part(3_600, 1_000)}:${part(60, 60)}:${part(1, 60)}.${String(Math.floor(ms % 1_000)).padStart(3, '0')}`;
};
