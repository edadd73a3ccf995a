import {
  OutcomeUnknownError,
  UnavailableError,
  type Cause,
  type Epoch,
  type Json,
  type MirrorState,
  type RunId,
  type WriteOutcome,
} from '#libs/domain';
import {
  AdmissionRefusedError,
  checkAhead,
  KubernetesConflictError,
  stampedMetadata,
  writeStamp,
  type ApiServer,
  type Owner,
} from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import type { FlowDriver } from '#libs/topology';
import { MirrorClaimedError, MirrorUnpreparedError } from '../errors.js';
import { formOf } from './form.js';
import { ASKS, versionOf, type HeldMirrorMaker, type HeldObject } from './held-mirror-maker.js';
import type { StrimziObject } from './strimzi-object.js';

/** Where a write has no run, as in a test or by hand. */
export const NO_RUN: Cause = { run: 'none' as RunId, step: 'none' };
/** Or not known to be: asking twice is no harm. */
const NOT_ASKED = [KubernetesConflictError, OutcomeUnknownError, UnavailableError];

export interface MirrorMakerOptions {
  readonly driver: Pick<FlowDriver<'strimzi'>, 'namespace' | 'mirrorMaker' | 'connectors' | 'positions'>;
  /** That positions are stored under; another one in the resource is another flow. */
  readonly sourceAlias: string;
  readonly owner: Owner;
}

export interface MirrorWrite {
  /** Undefined keeps what is wanted, as a seal does. */
  readonly state?: MirrorState;
  readonly epoch: Epoch;
  readonly cause: Cause;
}

/**
 * One direction of MirrorMaker 2 that Strimzi runs, whatever resources it is made of. A write is one patch of each, which
 * carries the resourceVersion seen: the API server compares.
 */
export class MirrorMaker {
  readonly name: string;
  private readonly objects: readonly StrimziObject[];
  private readonly held: (answers: readonly unknown[]) => HeldMirrorMaker;

  constructor(
    readonly api: ApiServer,
    private readonly clock: Clock,
    readonly options: MirrorMakerOptions,
  ) {
    const { objects, held } = formOf(api, options.driver);
    this.objects = objects;
    this.held = held;
    this.name = objects.map(({ name }) => name).join(' and ');
  }

  /** @throws KubernetesMissingError, KubernetesForbiddenError, EpochPoisonedError, MirrorUnpreparedError, UnavailableError */
  async read(signal: AbortSignal): Promise<HeldMirrorMaker> {
    const held = this.held(await Promise.all(this.objects.map((each) => each.read(signal))));
    this.checkPrepared(held);
    return held;
  }

  /**
   * `refused`: it has changed since it was seen, or carries a higher epoch; `unknown` also where that came about after a
   * part of it was written. What an earlier run had asked of the offsets is withdrawn: done late, it would set them back.
   * @throws MirrorClaimedError, EpochPoisonedError, AdmissionRefusedError, …
   */
  async write(seen: HeldMirrorMaker, write: MirrorWrite, signal: AbortSignal): Promise<WriteOutcome> {
    for (const each of seen.objects) this.checkOwner(each);
    if (seen.objects.some(({ epoch }) => epoch > write.epoch)) return 'refused';
    for (const { epoch, name } of seen.objects) checkAhead(write.epoch, epoch, name);
    return together(await Promise.all(seen.objects.map((_, at) => this.writeOne(seen, at, write, signal))));
  }

  /** Asks the cluster operator to list or alter offsets by the object at `at`. False: look again, and ask again. */
  async ask(seen: HeldObject, at: number, what: 'list' | 'alter', signal: AbortSignal): Promise<boolean> {
    const annotations = { [ASKS.offsets]: what, ...seen.askedOf };
    try {
      await this.objects[at]?.patch({ metadata: { resourceVersion: seen.version, annotations } }, signal);
      return true;
    } catch (error) {
      if (NOT_ASKED.some((kind) => error instanceof kind)) return false;
      throw error;
    }
  }

  /** The operator writes its status in between: that is no change of what was seen. */
  private async writeOne(
    seen: HeldMirrorMaker,
    at: number,
    write: MirrorWrite,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    try {
      let held = seen.objects[at]!;
      const version = versionOf(held);
      for (;;) {
        const outcome = await this.patch(held, at, write, signal);
        if (outcome !== 'refused' || signal.aborted) return outcome;
        held = (await this.read(signal)).objects[at]!;
        if (versionOf(held) !== version) return 'refused';
      }
    } catch (error) {
      // Another object may have been written already.
      if (error instanceof UnavailableError && this.objects.length > 1) return 'unknown';
      throw error;
    }
  }

  private async patch(
    seen: HeldObject,
    at: number,
    { state, epoch, cause }: MirrorWrite,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const isChanged = state !== undefined && seen.wanted.some((each) => each !== state);
    const write = isChanged ? writeStamp(cause, epoch, this.clock.now()) : undefined;
    const { labels, annotations } = stampedMetadata(this.options.owner, { epoch, run: cause.run, write });
    const isStale = seen.asked !== undefined && seen.asked !== 'list';
    const withdrawn: Json = isStale ? { [ASKS.offsets]: null, [ASKS.connector]: null } : {};
    const body = {
      metadata: { resourceVersion: seen.version, labels, annotations: { ...annotations, ...withdrawn } as Json },
      ...(isChanged && { spec: seen.turnedTo(state) }),
    };
    try {
      await this.objects[at]?.patch(body, signal);
      return 'written';
    } catch (error) {
      if (error instanceof KubernetesConflictError) return 'refused';
      if (error instanceof OutcomeUnknownError) return 'unknown';
      if (error instanceof AdmissionRefusedError && (await this.read(signal)).objects[at]!.epoch > epoch)
        return 'refused';
      throw error;
    }
  }

  private checkOwner({ name, stamps }: HeldObject): void {
    const { installation, group } = this.options.owner;
    const theirs = { installation: stamps.installation ?? installation, group: stamps.group ?? group };
    if (theirs.installation === installation && theirs.group === group) return;
    throw new MirrorClaimedError(name, theirs, this.options.owner);
  }

  private checkPrepared({ name, sourceAlias, positions }: HeldMirrorMaker): void {
    const { driver, sourceAlias: alias } = this.options;
    if (sourceAlias !== alias) {
      const advice = `correct source.cluster.alias in the flow's driver.settings, where ${alias} stands`;
      throw new MirrorUnpreparedError(name, `calls its source ${sourceAlias}: ${advice}`);
    }
    const expected = [
      ['listOffsets.toConfigMap', positions.listed, driver.positions.listed],
      ['alterOffsets.fromConfigMap', positions.altered, driver.positions.altered],
    ] as const;
    for (const [field, held, wanted] of expected) {
      if (held === wanted) continue;
      const says = `says ${held ?? 'nothing'} at ${positions.at}.${field}.name`;
      throw new MirrorUnpreparedError(name, `${says}, and signalbox.yaml says ${wanted}`);
    }
  }
}

/** Of several writes: what was done in part has to be looked at. */
const together = (outcomes: readonly WriteOutcome[]): WriteOutcome => {
  if (outcomes.every((outcome) => outcome === 'written')) return 'written';
  return outcomes.every((outcome) => outcome === 'refused') ? 'refused' : 'unknown';
};
