import type { Positions } from '#libs/domain';

/** Port: how far a flow has come, as its Connect stored it last. It may be further on, and is never behind. */
export abstract class PositionsSource {
  /** @throws ConnectorMissingError, MirrorUnreconciledError, UnavailableError */
  abstract read(signal: AbortSignal): Promise<Positions>;
}
