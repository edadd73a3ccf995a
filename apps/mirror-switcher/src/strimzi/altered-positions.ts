import { OutcomeUnknownError, type Cause, type Epoch, type Positions, type WriteOutcome } from '#libs/domain';
import {
  AdmissionRefusedError,
  checkAhead,
  KubernetesConflictError,
  stampedMetadata,
  writeStamp,
} from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import { MirrorClaimedError } from '../errors.js';
import type { HeldMirrorMaker } from './held-mirror-maker.js';
import type { MirrorMaker } from './mirror-maker.js';
import { offsetsText } from './offsets-text.js';
import { configMapPath, positionsMap, type PositionsMap } from './positions-map.js';
import { MANAGER } from './strimzi-object.js';

/**
 * The ConfigMap that positions are set from. It carries the epoch as the resource does, so that the API server refuses
 * what an overtaken writer would put there between our write and the operator's look at it.
 */
export class AlteredPositions {
  readonly name: string;
  private readonly path: string;

  constructor(
    private readonly mirrorMaker: MirrorMaker,
    private readonly clock: Clock,
  ) {
    const { namespace, positions } = mirrorMaker.options.driver;
    this.name = `ConfigMap ${namespace}/${positions.altered}`;
    this.path = configMapPath(namespace, positions.altered);
  }

  /** @throws KubernetesMissingError, MirrorClaimedError, EpochPoisonedError, UnavailableError, … */
  async write(
    { offsetsKey, sourceAlias }: HeldMirrorMaker,
    positions: Positions,
    { epoch, cause }: { readonly epoch: Epoch; readonly cause: Cause },
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const seen = await this.read(signal);
    if (seen.epoch > epoch) return 'refused';
    checkAhead(epoch, seen.epoch, this.name);
    const write = writeStamp(cause, epoch, this.clock.now());
    const stamps = stampedMetadata(this.mirrorMaker.options.owner, { epoch, run: cause.run, write });
    const body = {
      metadata: { resourceVersion: seen.version, ...stamps },
      data: { [offsetsKey]: offsetsText(positions, sourceAlias) },
    };
    try {
      await this.mirrorMaker.api.merge(this.name, this.path, MANAGER, body, signal);
      return 'written';
    } catch (error) {
      if (error instanceof KubernetesConflictError) return 'refused';
      if (error instanceof OutcomeUnknownError) return 'unknown';
      if (error instanceof AdmissionRefusedError && (await this.read(signal)).epoch > epoch) return 'refused';
      throw error;
    }
  }

  private async read(signal: AbortSignal): Promise<PositionsMap> {
    const held = positionsMap(await this.mirrorMaker.api.read(this.name, this.path, signal), this.name);
    const ours = this.mirrorMaker.options.owner;
    const { installation = ours.installation, group = ours.group } = held.stamps;
    if (installation !== ours.installation || group !== ours.group)
      throw new MirrorClaimedError(this.name, { installation, group }, ours);
    return held;
  }
}
