import { canonicalJson } from '#libs/contracts';
import type { AuditEntry, Json, Verdict } from '#libs/domain';
import type { Clock } from '#libs/runtime';

interface Happened {
  readonly atMs: number;
  /** Whom it happened to, where there are several. */
  readonly group?: string;
  readonly text: string;
}

/** What happens in a scenario, in the order in which it does, as lines with their time. */
export class Transcript {
  #happened: Happened[] = [];
  readonly #verdicts = new Map<string, string>();

  constructor(
    private readonly clock: Clock,
    private readonly hasOneGroup: boolean,
  ) {}

  tell(said: string, group?: string): void {
    const text = group === undefined || this.hasOneGroup ? said : withoutName(said, group);
    this.#happened.push({ atMs: this.clock.monotonicMs(), text, ...(group !== undefined && { group }) });
  }

  /** An entry of the audit chain as it was committed. */
  entry(entry: AuditEntry): void {
    for (const text of entryText(entry)) this.tell(text, entry.group);
  }

  /** Only when it changes, or another site says another thing. */
  verdict(verdict: Verdict): void {
    const text = verdictText(verdict);
    if (this.#verdicts.get(verdict.cluster) === text) return;
    const isFirst = !this.#verdicts.has(verdict.cluster);
    this.#verdicts.set(verdict.cluster, text);
    if (!isFirst || verdict.kind !== 'up') this.tell(text);
  }

  /** Everything since the last call. What happened to many groups alike is one line. */
  take(): readonly string[] {
    const happened = this.#happened;
    this.#happened = [];
    return this.hasOneGroup ? happened.map(({ atMs, text }) => `${timeText(atMs)}  ${text}`) : together(happened);
  }
}

/** What concerns one of many groups, as it would be told of each of them. */
const withoutName = (text: string, group: string): string =>
  text.replaceAll(`-${group}`, '').replaceAll(`${group}.`, '').replaceAll(`/${group}`, '');

function together(happened: readonly Happened[]): readonly string[] {
  return [...Map.groupBy(happened, ({ group, text }) => `${group === undefined}${text}`).values()].map((alike) => {
    const times = alike.map(({ atMs }) => atMs);
    const [first, last] = [Math.min(...times), Math.max(...times)].map(timeText);
    const groups = new Set(alike.flatMap(({ group }) => group ?? []));
    const who = groups.size > 1 ? `${groups.size} groups: ` : [...groups].map((group) => `${group}: `).join('');
    return `${first === last ? first : `${first} to ${last}`}  ${who}${alike[0]?.text}`;
  });
}

/** Minutes, seconds and tenths since the scenario began. */
const timeText = (ms: number): string => {
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)}:${String(Math.floor((tenths % 600) / 10)).padStart(2, '0')}.${tenths % 10}`;
};

const verdictText = ({ cluster, kind, rule, dwellMs, voices }: Verdict): string => {
  const dwell = dwellMs === undefined ? '' : `, dwell ${dwellMs / 1_000} s`;
  return `${cluster} is ${kind} by ${rule}${dwell}: ${voices.map(({ site, opinion }) => `${site} ${opinion}`).join(', ')}`;
};

/** What entries of all kinds say, as far as it is told here. */
interface Said {
  readonly decided?: Json;
  readonly vetoes?: readonly { readonly name: string; readonly message: string; readonly overridable: boolean }[];
  readonly owes?: readonly Owed[];
  readonly steps?: readonly { readonly name: string; readonly status: string }[];
  readonly run?: string;
  readonly phase?: string;
  readonly exceptions?: readonly { readonly step: string; readonly reason: string }[];
  readonly reason?: string;
}

interface Owed {
  readonly does: string;
  readonly kind?: string;
  readonly from?: string;
  readonly to?: string;
  readonly outcome?: string;
  readonly slot?: number;
  readonly site?: string;
  readonly vetoes?: readonly string[];
}

function entryText({ rule, before, after, actor, epoch, evidence }: AuditEntry): readonly string[] {
  const said = (evidence ?? {}) as unknown as Said;
  const by = actor.kind === 'person' ? `, asked by ${actor.id}` : '';
  const move = before === after ? after : `${before} → ${after}`;
  if ('decided' in said) {
    const head = `decided: ${move} by ${rule}${by}`;
    return [head, ...vetoLines(said), ...owedLines(said, epoch), ...runLines(said)];
  }
  if (said.steps) return [`run: ${move} by ${rule}${stepsText(said.steps)}`];
  return [`noted: ${rule}${actor.kind === 'person' ? ` by ${actor.id}` : ''}${whyText(said)}`];
}

const vetoLines = ({ vetoes = [] }: Said): readonly string[] =>
  vetoes.map(
    ({ name, message, overridable }) => `  veto ${name}${overridable ? '' : ' (nobody can lift it)'}: ${message}`,
  );

const owedLines = ({ owes = [] }: Said, epoch: number): readonly string[] =>
  owes.map(({ does, kind = '', from = '', to = '', outcome = '', slot, site = '', vetoes }) => {
    if (does === 'start-run') return `  starts: ${kind} ${from} → ${to} under epoch ${epoch}`;
    if (does === 'open-approval') return `  asks people: ${kind} ${from} → ${to}`;
    if (does === 'take-turn')
      return slot ? `  takes turn ${slot} to leave ${site}` : '  moves without its site being lost';
    if (does === 'use-overrides') return `  uses up: ${(vetoes ?? []).join(', ')}`;
    return `  the question to people ends: ${outcome}`;
  });

/** What a run that was closed leaves. */
const runLines = ({ run, phase = '', exceptions = [] }: Said): readonly string[] =>
  run === undefined
    ? []
    : [`  the run is ${phase}`, ...exceptions.map(({ step, reason }) => `  exception ${step}: ${reason}`)];

const stepsText = (steps: NonNullable<Said['steps']>): string =>
  [...Map.groupBy(steps, ({ status }) => status)]
    .map(([status, alike]) => `; ${status}: ${alike.map(({ name }) => name).join(', ')}`)
    .join('');

const whyText = ({ reason }: Said): string => (reason === undefined ? '' : `: ${reason}`);

/** A value as short as it can be told. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'addresses' in value) return String(value.addresses);
  return canonicalJson(value);
}
