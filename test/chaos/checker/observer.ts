import { readClientFile, type ClientFile } from './client-file.js';
import { readFlows, type FlowAt } from './connect.js';
import { readName, type NameServerAt } from './dns.js';
import type { Closing, Sample, Seen, WriteAttempt } from './facts.js';
import { AclReader, LogReader, WriteTester, type ClusterAt } from './kafka.js';

/** The checker keeps no time of its own, so that nothing of it has to be waited for. */
export interface Time {
  now(): number;
  /** Returns what ends it. */
  every(ms: number, task: () => Promise<void>): () => void;
}

/** Where everything is. */
export interface Places {
  readonly group: string;
  readonly topic: string;
  readonly name: string;
  /** The one that takes updates. */
  readonly primary: NameServerAt;
  readonly files: readonly ClientFile[];
  readonly flows: readonly FlowAt[];
  readonly clusters: readonly ClusterAt[];
}

const LOOK_EVERY_MS = 250;
const WRITE_EVERY_MS = 200;
const READ_AGAIN_MS = 1_000;

type Look = () => Promise<readonly Seen[]>;

/** Looks at every resource all the time, and writes down what it saw. */
export class Observer {
  readonly samples: Sample[] = [];
  readonly writes: WriteAttempt[] = [];
  private readonly stops: (() => void)[] = [];
  private readonly acls: readonly AclReader[];
  private readonly testers: readonly WriteTester[];
  private readonly readers: ReadonlyMap<string, LogReader>;

  constructor(
    private readonly places: Places,
    private readonly time: Time,
  ) {
    const { clusters, group, topic } = places;
    this.acls = clusters.map((cluster) => new AclReader(cluster, group));
    this.testers = clusters.map((cluster) => new WriteTester(cluster, topic, () => time.now()));
    this.readers = new Map(clusters.map((cluster) => [cluster.site, new LogReader(cluster, topic, 'chaos-checker')]));
  }

  start(): void {
    const keep = (look: Look) =>
      this.time.every(LOOK_EVERY_MS, async () => void this.samples.push(...(await this.sampled(look))));
    this.stops.push(
      ...this.looks().map(keep),
      ...this.testers.map((tester) =>
        this.time.every(WRITE_EVERY_MS, async () => void this.writes.push(await tester.attempt())),
      ),
      ...[...this.readers.values()].map((reader) => this.time.every(READ_AGAIN_MS, () => reader.read())),
    );
  }

  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    const all = [...this.acls, ...this.testers, ...this.readers.values()];
    await Promise.all(all.map((each) => each.close()));
  }

  /** What everything shows now. */
  async closing(run: string, down: readonly string[]): Promise<Closing> {
    const samples = await Promise.all(this.looks().map((look) => this.sampled(look)));
    const writes = await Promise.all(this.testers.map((tester) => tester.attempt()));
    return { run, down, samples: samples.flat(), writes };
  }

  /** Those of `keys` that no record at `site` has. */
  missingAt(site: string, keys: readonly string[]): readonly string[] {
    const found = this.readers.get(site)?.keys;
    return keys.filter((key) => !found?.has(key));
  }

  /** What does not answer has no sample. */
  private async sampled(look: Look): Promise<readonly Sample[]> {
    const seen = await look().catch(() => []);
    const at = this.time.now();
    return seen.map((each) => ({ ...each, at }));
  }

  private looks(): readonly Look[] {
    const { primary, name, files, flows } = this.places;
    return [
      async () => [await readName(primary, name)],
      ...files.map((file) => async () => [await readClientFile(file)]),
      () => readFlows(flows),
      ...this.acls.map((acl) => async () => [await acl.read()]),
    ];
  }
}
