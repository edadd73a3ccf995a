import { FencedResource, type ConfigData } from '#libs/domain';

/** Port: what clients of this site read, wherever it stands. */
export abstract class ClientConfig extends FencedResource<ConfigData> {
  /** How often it is looked at for what a run would be missing: what costs requests, seldom. */
  readonly lookEveryMs: number = 5_000;

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
