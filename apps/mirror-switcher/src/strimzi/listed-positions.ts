import type { Positions } from '#libs/domain';
import { KubernetesMissingError } from '#libs/kubernetes';
import { PositionsSource } from '../positions-source.js';
import type { HeldMirrorMaker } from './held-mirror-maker.js';
import type { MirrorMaker } from './mirror-maker.js';
import { positionsIn } from './offsets-text.js';
import type { OperatorRequests } from './operator-requests.js';
import { configMapPath, positionsMap } from './positions-map.js';

/** Positions as the cluster operator lists them: it reads Connect's, and writes them into a ConfigMap. */
export class ListedPositions extends PositionsSource {
  constructor(
    private readonly mirrorMaker: MirrorMaker,
    private readonly requests: OperatorRequests,
  ) {
    super();
  }

  /** As they are now, which takes the operator a look. */
  override async read(signal: AbortSignal): Promise<Positions> {
    return (await this.listed(signal)).positions;
  }

  /** As they are now, and the resource as it was after the operator had listed them. */
  async listed(signal: AbortSignal): Promise<{ readonly held: HeldMirrorMaker; readonly positions: Positions }> {
    const held = await this.requests.perform('list', signal);
    return { held, positions: await this.last(held, signal) };
  }

  /** As they were listed last; none before the first time. */
  async last({ offsetsKey, sourceAlias }: HeldMirrorMaker, signal: AbortSignal): Promise<Positions> {
    const { namespace, positions } = this.mirrorMaker.options.driver;
    const name = `ConfigMap ${namespace}/${positions.listed}`;
    try {
      const path = configMapPath(namespace, positions.listed);
      const { data } = positionsMap(await this.mirrorMaker.api.read(name, path, signal), name);
      const text = data[offsetsKey];
      return text === undefined ? {} : positionsIn(text, sourceAlias, name);
    } catch (error) {
      if (error instanceof KubernetesMissingError) return {};
      throw error;
    }
  }
}
