import { StepRecordWire, decodeOrThrow } from '#libs/contracts';
import { initialGroupState } from '#libs/decision';
import {
  epoch,
  groupId,
  instant,
  runId,
  siteId,
  type Epoch,
  type Plan,
  type Ring,
  type Run,
  type StepRecord,
} from '#libs/domain';
import { keys, type Journal, type Transaction } from '#libs/journal';
import { insist } from './insist.js';

const GROUP = groupId('orders');
const RUN = runId('run-1');
const PLAN_HASH = 'plan';

/** Writes steps into the journal as a leader does, and reads what became of them. */
export class StepBook {
  constructor(private readonly journal: Journal) {}

  /** The group's current epoch; steps opened from here on carry it unless they say otherwise. */
  async epoch(value: number): Promise<Epoch> {
    await this.#commit({ kind: 'put', key: keys.epoch(GROUP), value: String(value) });
    return epoch(value);
  }

  /** A run is open, as the group's state has it. */
  async running(): Promise<void> {
    const state = { ...initialGroupState(GROUP, siteId('a')), phase: 'running', run: RUN, kind: 'failover' };
    await this.#state({ ...state, from: siteId('a'), target: siteId('b') });
  }

  /** No run is open. */
  async steady(): Promise<void> {
    await this.#state(initialGroupState(GROUP, siteId('a')));
  }

  async #state(state: object): Promise<void> {
    await this.#commit({ kind: 'put', key: keys.groupState(GROUP), value: JSON.stringify(state) });
  }

  /** An apply of `clients` at site b, by its guard, under epoch 7, unless `step` says otherwise. */
  async open(step: Partial<StepRecord> = {}): Promise<StepRecord> {
    const record: StepRecord = {
      name: 'promote',
      stage: 1,
      action: 'apply',
      resource: { kind: 'write-access', group: GROUP, site: 'b' },
      desired: 'clients',
      runsAt: siteId('b'),
      worker: 'site-guard',
      deadlineMs: 5_000,
      run: RUN,
      epoch: epoch(7),
      status: 'open',
      attempt: 1,
      ...step,
    };
    const plan: Plan = { kind: 'failover', group: GROUP, from: siteId('a'), to: siteId('b'), steps: [] };
    const run: Run = {
      id: RUN,
      plan,
      planHash: PLAN_HASH,
      evidenceHash: 'evidence',
      epoch: record.epoch,
      phase: 'stepping',
      stage: 1,
      startedAt: instant(0),
      exceptions: [],
    };
    await this.#commit(
      { kind: 'put', key: keys.run(RUN), value: JSON.stringify(run) },
      { kind: 'put', key: this.keyOf(record), value: JSON.stringify(record) },
      { kind: 'put', key: keys.openStep(record.runsAt, RUN, record.name), value: this.keyOf(record) },
    );
    return record;
  }

  /** What a leader does with a step whose deadline has passed. */
  async settle(step: StepRecord): Promise<void> {
    const record: StepRecord = { ...step, status: 'unreachable' };
    await this.#commit(
      { kind: 'put', key: this.keyOf(step), value: JSON.stringify(record) },
      { kind: 'delete', key: keys.openStep(step.runsAt, step.run, step.name) },
    );
  }

  keyOf({ run, name }: Pick<StepRecord, 'run' | 'name'>): string {
    return keys.step(run, name);
  }

  /** What the doorbell says when this opening waits. */
  ringFor({ run, name, epoch: under, attempt }: StepRecord): Ring {
    return { run, step: name, epoch: under, attempt, planHash: PLAN_HASH };
  }

  async read(name = 'promote'): Promise<StepRecord> {
    const key = keys.step(RUN, name);
    const { entries } = await insist(() => this.journal.read(key));
    return decodeOrThrow(StepRecordWire, entries[0]?.value ?? '', key) as StepRecord;
  }

  async status(name?: string): Promise<StepRecord['status']> {
    return (await this.read(name)).status;
  }

  /** The names of the steps that still wait at site b. */
  async waiting(): Promise<readonly string[]> {
    const { entries } = await insist(() => this.journal.read(keys.openSteps(siteId('b'))));
    return entries.map(({ key }) => key.split('.').at(-1) ?? '');
  }

  /** Absolute changes, so that one whose outcome is unknown can be made again. */
  async #commit(...changes: Transaction['changes']): Promise<void> {
    await insist(() => this.journal.commit({ conditions: [], changes }));
  }
}
