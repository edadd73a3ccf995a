import type { GroupState } from '#libs/decision';
import {
  isTerminal,
  type Approval,
  type AuditEntry,
  type GuardRecord,
  type Run,
  type StepRecord,
  type Vote,
} from '#libs/domain';
import { initialGroupState } from '#libs/decision';
import { keys, type WatchEvent } from '#libs/journal';
import { A, GROUP } from '../world/ground.js';

/** One revision of the journal, as far as it concerns the group. */
export interface Moment {
  readonly atMs: number;
  readonly stateBefore: GroupState;
  readonly state: GroupState;
  readonly epochBefore: number;
  readonly epoch: number;
  /** What was put with it. */
  readonly runs: readonly Run[];
  readonly steps: readonly StepRecord[];
  /** Those steps as they were before. */
  readonly stepsBefore: readonly (StepRecord | undefined)[];
  readonly approvals: readonly Approval[];
  readonly audit: readonly AuditEntry[];
  readonly isStateChanged: boolean;
}

/** What stands in the journal, kept from its own history and by nothing that Signalbox computes. */
export class Facts {
  state: GroupState = initialGroupState(GROUP, A);
  epoch = 0;
  leader: string | undefined;
  hold: string | undefined;
  freezeUntil = 0;
  readonly runs = new Map<string, Run>();
  readonly steps = new Map<string, StepRecord>();
  readonly votes = new Map<string, Vote>();
  readonly approvals = new Map<string, Approval>();
  readonly audit: AuditEntry[] = [];
  /** When the journal took the last renewal of each site's guard. */
  readonly renewedAtMs = new Map<string, number>();
  readonly guards = new Map<string, GuardRecord>();
  readonly guardLeases = new Set<string>();
  /** Standing orders by the resource's key. */
  readonly orders = new Map<string, { readonly epoch: number; readonly value: unknown }>();
  overrides: readonly { readonly veto: string; readonly until: number }[] = [];
  attestations: readonly { readonly site: string; readonly until: number }[] = [];
  /** Something other than a heartbeat was written. */
  newsAtMs = 0;

  get openRuns(): readonly Run[] {
    return [...this.runs.values()].filter(({ phase }) => !isTerminal(phase));
  }

  /** Takes in all changes of one revision. */
  take(events: readonly WatchEvent[], atMs: number): Moment {
    const { state: stateBefore, epoch: epochBefore } = this;
    const news = {
      runs: [] as Run[],
      steps: [] as StepRecord[],
      approvals: [] as Approval[],
      audit: [] as AuditEntry[],
    };
    const stepsBefore: (StepRecord | undefined)[] = [];
    for (const event of events) {
      const key = event.kind === 'put' ? event.entry.key : event.key;
      const value = event.kind === 'put' ? event.entry.value : undefined;
      if (!isHeartbeat(key)) this.newsAtMs = atMs;
      if (key === keys.groupState(GROUP)) {
        this.state = value === undefined ? initialGroupState(GROUP, A) : (JSON.parse(value) as GroupState);
      } else if (key === keys.epoch(GROUP)) {
        this.epoch = Number(value ?? 0);
      } else if (key === keys.leader(GROUP)) {
        this.leader = value;
      } else if (key === keys.hold(GROUP)) {
        this.hold = value;
      } else if (key === keys.freeze(GROUP)) {
        this.freezeUntil = value === undefined ? 0 : (JSON.parse(value) as { until: number }).until;
      } else if (key === keys.overrides(GROUP)) {
        this.overrides = value === undefined ? [] : (JSON.parse(value) as Facts['overrides']);
      } else if (key === keys.attestations(GROUP)) {
        this.attestations = value === undefined ? [] : (JSON.parse(value) as Facts['attestations']);
      } else if (key.startsWith(keys.votes())) {
        if (value === undefined) this.votes.delete(key);
        else this.votes.set(key, JSON.parse(value) as Vote);
      } else if (key.startsWith(keys.guards())) {
        this.takeGuard(key, value, atMs);
      } else if (value === undefined) {
        if (key.includes('/orders/')) this.orders.delete(orderedResource(key));
      } else if (key.startsWith(keys.runs())) {
        if (key.endsWith('/run')) {
          const run = JSON.parse(value) as Run;
          this.runs.set(run.id, run);
          news.runs.push(run);
        } else {
          const step = JSON.parse(value) as StepRecord;
          stepsBefore.push(this.steps.get(key));
          this.steps.set(key, step);
          news.steps.push(step);
        }
      } else if (key.startsWith(keys.approvals())) {
        const approval = JSON.parse(value) as Approval;
        this.approvals.set(approval.id, approval);
        news.approvals.push(approval);
      } else if (key.startsWith(keys.audit(GROUP))) {
        const entry = JSON.parse(value) as AuditEntry;
        this.audit.push(entry);
        news.audit.push(entry);
      } else if (key.includes('/orders/') && !key.includes('/groups/')) {
        const { epoch, value: ordered } = JSON.parse(value) as { epoch: number; value: unknown };
        this.orders.set(orderedResource(key), { epoch, value: ordered });
      }
    }
    const { state, epoch } = this;
    return {
      atMs,
      stateBefore,
      state,
      epochBefore,
      epoch,
      ...news,
      stepsBefore,
      isStateChanged: state !== stateBefore,
    };
  }

  private takeGuard(key: string, value: string | undefined, atMs: number): void {
    const site = key.split('/').at(-2) ?? '';
    if (key.endsWith('/lease')) {
      if (value === undefined) this.guardLeases.delete(site);
      else this.guardLeases.add(site);
    } else if (value !== undefined) {
      this.renewedAtMs.set(site, atMs);
      this.guards.set(site, JSON.parse(value) as GuardRecord);
    }
  }
}

const HEARTBEATS = [keys.votes(), keys.guards(), keys.members(), keys.announced(), keys.leader(GROUP)];
const isHeartbeat = (key: string): boolean => HEARTBEATS.some((name) => key.startsWith(name));
const orderedResource = (key: string): string =>
  key
    .slice(key.indexOf('/orders/') + '/orders/'.length)
    .split('/')
    .slice(1)
    .join('/');
