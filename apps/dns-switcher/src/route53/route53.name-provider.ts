import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type Change,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { SignalboxError, UnavailableError } from '#libs/domain';
import { ChangeTooLargeError, ProviderRejectedError } from '../errors.js';
import { recordChange, type NameChange, type SeenName } from '../name-change.js';
import { NameProvider, type Applied, type Authorities, type ChangeId } from '../name-provider.js';
import type { NameServer } from '../name-server.js';
import { hasRefusedWhat } from '../refusal.js';
import { Rounds } from '../rounds.js';
import { stampFrom } from '../seen-at.js';
import { stampName } from '../stamp.js';
import { failureOf, type Failure } from './answers.js';
import { OneAtATime } from './one-at-a-time.js';
import { setsAt, type PageStart } from './record-pages.js';
import type { RequestBudget } from './request-budget.js';
import { isManaged, recordSetOf, wireSetOf } from './wire-sets.js';

export interface Route53ZoneOptions {
  readonly hostedZoneId: string;
  /** Of names where Signalbox has one of several sets: which one. */
  readonly setIdentifiers: ReadonlyMap<string, string>;
  /** The servers of the zone, found once; `delegation` asks Route 53 for their host names. */
  readonly authorities: (delegation: () => Promise<readonly string[]>) => Promise<readonly NameServer[]>;
}

/** Its own limits of one batch. */
export const RECORDS_MAX = 1_000;
export const CHARACTERS_MAX = 32_000;

/** Names of one read, and how long it may take. */
const READ_NAMES_MAX = 100;
const READ_TIMEOUT_MS = 15_000;

/**
 * A hosted zone of Route 53. The fence is in the batch: it deletes the records and the stamp exactly as they were seen,
 * and creates the new ones, all or none. UPSERT would overwrite whatever is there, and is never used.
 */
export class Route53NameProvider extends NameProvider {
  override readonly fence = 'strong';
  override readonly countsReads = true;
  private readonly oneAtATime = new OneAtATime();
  private readonly reads = new Rounds<string, SeenName>(async (names, signal) => this.readEach(names, signal), {
    atOnce: 1,
    sizeOf: () => 1,
    sizeMax: READ_NAMES_MAX,
    mayLeave: 'any-time',
    timeoutMs: READ_TIMEOUT_MS,
  });
  private readonly asked = new Map<ChangeId, Promise<'in-sync' | 'pending' | 'lost'>>();
  private readonly inSync = new Set<ChangeId>();
  private found: readonly NameServer[] | undefined;

  constructor(
    private readonly client: Route53Client,
    private readonly budget: RequestBudget,
    private readonly zone: Route53ZoneOptions,
  ) {
    super();
  }

  /** Names that are asked for one by one at the same time share requests. */
  override async read(names: readonly string[], signal: AbortSignal): Promise<readonly SeenName[]> {
    const [name, ...others] = names;
    if (name === undefined) return [];
    try {
      if (others.length === 0) return [await this.reads.ask(name, signal)];
    } catch (error) {
      if (!signal.aborted || error instanceof SignalboxError) throw error;
      throw new UnavailableError('Route 53 has not answered before the deadline', { cause: error });
    }
    return (await this.readEach(names, signal)).map(valueOf);
  }

  /** Each by itself: a name that holds what is not ours is no reason not to know of the others. */
  private async readEach(names: readonly string[], signal: AbortSignal) {
    const all = names.flatMap((name) => [name, stampName(name)]);
    const sets = await setsAt(all, async (start) =>
      this.ask(async () => this.client.send(this.list(start), { abortSignal: signal }), signal),
    );
    return Promise.allSettled(names.map(async (name) => this.seenIn(name, sets)));
  }

  private seenIn(name: string, sets: ReadonlyMap<string, readonly ResourceRecordSet[]>): SeenName {
    const identifier = this.zone.setIdentifiers.get(name);
    const own = sets.get(name)!.filter((set) => isManaged(set) && set.Type !== 'TXT');
    const mine = identifier === undefined ? own : own.filter((set) => set.SetIdentifier === identifier);
    const stamp = sets.get(stampName(name))!.find(({ Type }) => Type === 'TXT');
    return { name, sets: mine.map(recordSetOf), ...stampFrom(stamp && recordSetOf(stamp), 'Route 53') };
  }

  override async apply(change: NameChange, signal: AbortSignal): Promise<Applied> {
    const batch = batchOf(change);
    const tooLarge = beyondLimits(batch);
    if (tooLarge) return { outcome: 'misconfigured', error: tooLarge };
    // A second change of a zone is refused while the first one is worked on.
    const answered = await this.oneAtATime.run(async () => this.send(batch, signal));
    return answered.outcome === 'differs' ? hasRefusedWhat(this, change, signal) : answered;
  }

  get id(): string {
    return this.zone.hostedZoneId;
  }

  /** Names that were changed in one batch ask for the same change: once for all of them. */
  override async settled(change: ChangeId, signal: AbortSignal): Promise<'in-sync' | 'pending' | 'lost'> {
    if (this.inSync.has(change)) return 'in-sync';
    const asked = this.asked.get(change) ?? this.statusOf(change, signal).finally(() => this.asked.delete(change));
    this.asked.set(change, asked);
    const status = await asked;
    if (status === 'in-sync') this.inSync.add(change);
    return status;
  }

  override async authorities(signal: AbortSignal): Promise<Authorities> {
    this.found ??= await this.zone.authorities(async () => this.delegation(signal));
    return { serving: this.found, hidden: [] };
  }

  /** @throws UnavailableError, ProviderRejectedError: also a check of the credentials and the zone's id */
  async delegation(signal: AbortSignal): Promise<readonly string[]> {
    const get = new GetHostedZoneCommand({ Id: this.zone.hostedZoneId });
    const { DelegationSet } = await this.ask(async () => this.client.send(get, { abortSignal: signal }), signal);
    return DelegationSet?.NameServers ?? [];
  }

  private async statusOf(change: ChangeId, signal: AbortSignal): Promise<'in-sync' | 'pending' | 'lost'> {
    try {
      const get = new GetChangeCommand({ Id: change });
      const { ChangeInfo } = await this.ask(async () => this.client.send(get, { abortSignal: signal }), signal);
      return ChangeInfo?.Status === 'INSYNC' ? 'in-sync' : 'pending';
    } catch (error) {
      if (error instanceof ProviderRejectedError && error.answer === 'NoSuchChange') return 'lost';
      if (error instanceof UnavailableError) return 'pending';
      throw error;
    }
  }

  private list({ name, type, identifier }: PageStart): ListResourceRecordSetsCommand {
    return new ListResourceRecordSetsCommand({
      HostedZoneId: this.zone.hostedZoneId,
      StartRecordName: name,
      StartRecordType: type,
      StartRecordIdentifier: identifier,
    });
  }

  private async send(changes: Change[], signal: AbortSignal): Promise<Applied | Failure> {
    if (!(await this.budget.take(signal)))
      return {
        outcome: 'transient',
        reason: 'Route 53 was not asked: no request was left of its rate before the deadline',
      };
    const command = new ChangeResourceRecordSetsCommand({
      HostedZoneId: this.zone.hostedZoneId,
      ChangeBatch: { Comment: 'Signalbox', Changes: changes },
    });
    try {
      const { ChangeInfo } = await this.client.send(command, { abortSignal: signal });
      this.budget.answered();
      return { outcome: 'applied', ...(ChangeInfo?.Id !== undefined && { change: ChangeInfo.Id }) };
    } catch (error) {
      return this.noted(failureOf(error, true));
    }
  }

  /** A request that changes nothing. */
  private async ask<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (!(await this.budget.take(signal)))
      throw new UnavailableError('Route 53 was not asked: no request was left of its rate before the deadline');
    try {
      const answer = await request();
      this.budget.answered();
      return answer;
    } catch (error) {
      const failure = this.noted(failureOf(error, false));
      if (failure.outcome === 'misconfigured') throw failure.error;
      throw new UnavailableError(failure.reason, { cause: error });
    }
  }

  private noted(failure: Failure): Failure {
    if (failure.outcome === 'throttled') this.budget.throttled();
    return failure;
  }
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason as Error;
  return settled.value;
}

/** Deletions come first: what they leave is what the creations are judged on. */
export function batchOf(change: NameChange): Change[] {
  const { remove, create } = recordChange(change);
  return [
    ...remove.map((set): Change => ({ Action: 'DELETE', ResourceRecordSet: wireSetOf(set) })),
    ...create.map((set): Change => ({ Action: 'CREATE', ResourceRecordSet: wireSetOf(set) })),
  ];
}

function beyondLimits(batch: readonly Change[]): ChangeTooLargeError | undefined {
  const values = batch
    .flatMap(({ ResourceRecordSet: set }) => set?.ResourceRecords ?? [])
    .map(({ Value = '' }) => Value);
  const characters = values.join('').length;
  if (values.length <= RECORDS_MAX && characters <= CHARACTERS_MAX) return undefined;
  return new ChangeTooLargeError(
    `a change of ${values.length} records and ${characters} characters is beyond the ${RECORDS_MAX} and ${CHARACTERS_MAX} ` +
      'that Route 53 takes in one batch: give the name fewer addresses, or change fewer names at once',
  );
}
