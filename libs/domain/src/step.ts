import type { Epoch, Instant, ProcessId, RunId, SiteId } from './ids.js';
import type { Json } from './json.js';

/** Who does a step: one worker per kind of credential. */
export type WorkerKind = 'site-guard' | 'mirror-switcher' | 'dns-switcher' | 'config-switcher';

/**
 * `seal` stamps the epoch and keeps the value; `apply` sets `desired`; `inspect` only looks where the effect is felt;
 * `read` reports the value and the epoch that the resource carries, whatever they are.
 */
export type StepAction = 'seal' | 'apply' | 'inspect' | 'read';

/** Names one resource: what kind, which one of the topology, and the site it concerns. */
export type ResourceRef =
  | { readonly kind: 'write-access'; readonly group: string; readonly site: string }
  | { readonly kind: 'mirror'; readonly flow: string }
  /** From where a flow goes on reading its source when it is started. */
  | { readonly kind: 'positions'; readonly flow: string }
  /** What a flow's source holds and its target does not. Only ever inspected. */
  | { readonly kind: 'backlog'; readonly flow: string }
  /** What becomes of the stranded records in a flow's source. */
  | { readonly kind: 'salvage'; readonly flow: string }
  /** Where consumer groups go on that a flow's target has no translated offset of. */
  | { readonly kind: 'group-offsets'; readonly flow: string }
  | { readonly kind: 'name'; readonly name: string }
  /** What resolvers may still answer of a name. Only ever inspected. */
  | { readonly kind: 'resolution'; readonly name: string }
  /** The settings that clients at one site read. */
  | { readonly kind: 'config'; readonly config: string; readonly site: string };

export const resourceKey = (ref: ResourceRef): string => {
  switch (ref.kind) {
    case 'write-access':
      return `write-access/${ref.group}/${ref.site}`;
    case 'mirror':
      return `mirror/${ref.flow}`;
    case 'positions':
      return `positions/${ref.flow}`;
    case 'backlog':
      return `backlog/${ref.flow}`;
    case 'salvage':
      return `salvage/${ref.flow}`;
    case 'group-offsets':
      return `group-offsets/${ref.flow}`;
    case 'config':
      return `config/${ref.config}/${ref.site}`;
    case 'name':
      return `name/${ref.name}`;
    case 'resolution':
      return `resolution/${ref.name}`;
  }
};

/** One planned change of a run. Absolute, so that doing it twice is doing it once. */
export interface Step {
  /** Unique in its run, kebab-case: `fence-a`, `promote-b`. */
  readonly name: string;
  /** Steps of one stage run side by side; the next stage waits for all of them, `neededBy` excepted. */
  readonly stage: number;
  /** The stage that waits for this step instead of the next one. */
  readonly neededBy?: number;
  readonly action: StepAction;
  readonly resource: ResourceRef;
  readonly desired?: Json;
  readonly runsAt: SiteId;
  readonly worker: WorkerKind;
  /** Counted from the intent; without a report by then the step is `unreachable`. */
  readonly deadlineMs: number;
  /** Once this step may have happened the run only goes forward. */
  readonly pointOfNoReturn?: boolean;
  /** Any other end than `done` is recorded as an exception of the run and does not hold it up. */
  readonly mayFail?: boolean;
  /**
   * A fence that need not be read back: the guard of this site fences by itself when it can no longer renew, so its
   * silence, lasting long enough, is as good as its report (fence mode `strict`).
   */
  readonly waitOut?: SiteId;
  /** This step keeps the site from taking writes: nobody may skip it, and a person may attest that the site is off. */
  readonly fences?: SiteId;
  /** What takes it back before the point of no return; a step without one needs no undoing. */
  readonly undo?: Json;
  /** Of what `desired` asks of a worker; 1 when absent. */
  readonly handler?: number;
}

/**
 * `planned` → `open` (the intent is durable) → `taken` (a worker acts) → one of the results:
 * - `done`: applied and read back;
 * - `refused`: the resource carries a higher epoch; the worker stopped and nobody retries;
 * - `failed`: read back and found different, or impossible; the text says what to do;
 * - `unknown`: no answer and no read-back within the deadline;
 * - `unreachable`: no worker reported by the deadline;
 * - `skipped`: a person took it out of the run, and said why.
 */
export type StepStatus =
  'planned' | 'open' | 'taken' | 'done' | 'refused' | 'failed' | 'unknown' | 'unreachable' | 'skipped';

/** A step as the journal holds it: the durable intent and, later, its result. */
export interface StepRecord extends Step {
  readonly run: RunId;
  readonly epoch: Epoch;
  readonly status: StepStatus;
  /** How often it was opened under this epoch, from 1; 0 while planned. */
  readonly attempt: number;
  readonly takenBy?: ProcessId;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
  /** W3C Trace Context of the run's decision, for whoever performs it. */
  readonly traceparent?: string;
  readonly verifiedBy?: { readonly check: string; readonly observed: Json };
  /** In words, for a person: what went wrong and what to do. */
  readonly problem?: string;
  /** Of one that is done: what should have followed from it and did not. An exception of the run. */
  readonly exception?: string;
}

/** Nothing more will be reported for it under its epoch. */
export const isSettled = (status: StepStatus): boolean =>
  status !== 'planned' && status !== 'open' && status !== 'taken';
