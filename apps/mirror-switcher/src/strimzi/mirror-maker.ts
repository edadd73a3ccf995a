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
  KubernetesMissingError,
  servedVersion,
  stampedMetadata,
  STRIMZI,
  writeStamp,
  type ApiServer,
  type Owner,
} from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import type { FlowDriver } from '#libs/topology';
import { MirrorClaimedError, MirrorUnpreparedError } from '../errors.js';
import { ASKS, heldMirrorMaker, type HeldMirrorMaker } from './held-mirror-maker.js';
import type { ConnectorWire } from './mirror-maker.wire.js';

/** Owns what is switched, as with every object in Kubernetes. */
export const MANAGER = 'signalbox';
/** Where a write has no run, as in a test or by hand. */
export const NO_RUN: Cause = { run: 'none' as RunId, step: 'none' };
/** Or not known to be: asking twice is no harm. */
const NOT_ASKED = [KubernetesConflictError, OutcomeUnknownError, UnavailableError];
const PLURAL = 'kafkamirrormaker2s';

export interface MirrorMakerOptions {
  readonly driver: Pick<FlowDriver<'strimzi'>, 'namespace' | 'mirrorMaker' | 'positions'>;
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

/** One KafkaMirrorMaker2. A write is one patch that carries the resourceVersion seen: the API server compares. */
export class MirrorMaker {
  readonly name: string;
  private version: Promise<string> | undefined;

  constructor(
    readonly api: ApiServer,
    private readonly clock: Clock,
    readonly options: MirrorMakerOptions,
  ) {
    this.name = `KafkaMirrorMaker2 ${options.driver.namespace}/${options.driver.mirrorMaker}`;
  }

  /** @throws KubernetesMissingError, KubernetesForbiddenError, EpochPoisonedError, MirrorUnpreparedError, UnavailableError */
  async read(signal: AbortSignal): Promise<HeldMirrorMaker> {
    const held = heldMirrorMaker(
      await this.served(signal, (path) => this.api.read(this.name, path, signal)),
      this.name,
    );
    this.checkPrepared(held);
    return held;
  }

  /**
   * `refused`: it has changed since it was seen, or carries a higher epoch. What an earlier run had asked of the offsets
   * is withdrawn: done late, it would set them back.
   * @throws MirrorClaimedError, EpochPoisonedError, AdmissionRefusedError, …
   */
  async write(seen: HeldMirrorMaker, { state, epoch, cause }: MirrorWrite, signal: AbortSignal): Promise<WriteOutcome> {
    this.checkOwner(seen);
    if (seen.epoch > epoch) return 'refused';
    checkAhead(epoch, seen.epoch, this.name);
    const isChanged = state !== undefined && seen.wanted.some((each) => each !== state);
    const write = isChanged ? writeStamp(cause, epoch, this.clock.now()) : undefined;
    const { labels, annotations } = stampedMetadata(this.options.owner, { epoch, run: cause.run, write });
    const isStale = seen.asked !== undefined && seen.asked !== 'list';
    const withdrawn: Json = isStale ? { [ASKS.offsets]: null, [ASKS.connector]: null } : {};
    const body = {
      metadata: { resourceVersion: seen.version, labels, annotations: { ...annotations, ...withdrawn } as Json },
      ...(isChanged && { spec: { mirrors: [mirrorIn(seen, state)] } }),
    };
    try {
      await this.patch(body, signal);
      return 'written';
    } catch (error) {
      if (error instanceof KubernetesConflictError) return 'refused';
      if (error instanceof OutcomeUnknownError) return 'unknown';
      if (error instanceof AdmissionRefusedError && (await this.read(signal)).epoch > epoch) return 'refused';
      throw error;
    }
  }

  /** Asks the cluster operator to list or alter the offsets of the source connector. False: look again, and ask again. */
  async ask(seen: HeldMirrorMaker, what: 'list' | 'alter', signal: AbortSignal): Promise<boolean> {
    const annotations = { [ASKS.offsets]: what, [ASKS.connector]: seen.connectors.source };
    try {
      await this.patch({ metadata: { resourceVersion: seen.version, annotations } }, signal);
      return true;
    } catch (error) {
      if (NOT_ASKED.some((kind) => error instanceof kind)) return false;
      throw error;
    }
  }

  private patch(body: Json, signal: AbortSignal): Promise<unknown> {
    return this.served(signal, (path) => this.api.merge(this.name, path, MANAGER, body, signal));
  }

  /** In the version that is served; looked up again when it is no more. */
  private async served<T>(signal: AbortSignal, call: (path: string) => Promise<T>): Promise<T> {
    const { namespace, mirrorMaker } = this.options.driver;
    const at = async () => {
      this.version ??= servedVersion(this.api, PLURAL, signal);
      return `/apis/${STRIMZI}/${await this.version}/namespaces/${namespace}/${PLURAL}/${mirrorMaker}`;
    };
    try {
      return await call(await at());
    } catch (error) {
      this.version = undefined;
      if (!(error instanceof KubernetesMissingError)) throw error;
      return call(await at());
    }
  }

  private checkOwner({ stamps }: HeldMirrorMaker): void {
    const { installation, group } = this.options.owner;
    const theirs = { installation: stamps.installation ?? installation, group: stamps.group ?? group };
    if (theirs.installation === installation && theirs.group === group) return;
    throw new MirrorClaimedError(this.name, theirs, this.options.owner);
  }

  private checkPrepared({ sourceAlias, positions }: HeldMirrorMaker): void {
    const { driver, sourceAlias: alias } = this.options;
    if (sourceAlias !== alias) {
      const advice = `correct source.cluster.alias in the flow's driver.settings, where ${alias} stands`;
      throw new MirrorUnpreparedError(this.name, `calls its source ${sourceAlias}: ${advice}`);
    }
    const expected = [
      ['listOffsets.toConfigMap', positions.listed, driver.positions.listed],
      ['alterOffsets.fromConfigMap', positions.altered, driver.positions.altered],
    ] as const;
    for (const [field, held, wanted] of expected) {
      if (held === wanted) continue;
      const says = `says ${held ?? 'nothing'} at sourceConnector.${field}.name`;
      throw new MirrorUnpreparedError(this.name, `${says}, and signalbox.yaml says ${wanted}`);
    }
  }
}

/** The mirror with another state of its connectors, and all else as it was. */
function mirrorIn({ mirror }: HeldMirrorMaker, state: MirrorState): Json {
  const turned = ({ pause: _, ...connector }: ConnectorWire): Json => ({ ...(connector as object), state });
  const { sourceConnector, checkpointConnector, ...rest } = mirror;
  return {
    ...(rest as object),
    ...(sourceConnector && { sourceConnector: turned(sourceConnector) }),
    ...(checkpointConnector && { checkpointConnector: turned(checkpointConnector) }),
  };
}
