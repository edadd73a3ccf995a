import { FencedResource, type ConfigData } from '#libs/domain';

/** Port: what clients of this site read, wherever it stands. */
export abstract class ClientConfig extends FencedResource<ConfigData> {
  /**
   * What clients would miss before the first run, in words; undefined when nothing.
   * @throws SignalboxError when a run could not change it.
   */
  abstract lacking(signal: AbortSignal): Promise<string | undefined>;

  /** Lets go of connections. */
  async close(): Promise<void> {
    return undefined;
  }
}
