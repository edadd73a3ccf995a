import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '#libs/runtime';
import { ChildPart } from './child-part.js';
import { freeUrl, onFreePorts } from './free-port.js';

const binary = join(process.env['SIGNALBOX_CACHE'] ?? join(homedir(), '.cache/signalbox'), 'bin/etcd');
const clock = new SystemClock();

const HEALTH_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
/** An election takes a second or two, and longer on a machine that has other things to do. */
const LEADER_WITHIN_MS = 60_000;
const POLL_MS = 100;

interface Member {
  readonly clientUrl: string;
  readonly args: readonly string[];
  part: ChildPart;
}

/** An etcd cluster of its own on free loopback ports, for one test. */
export class RealEtcd {
  private constructor(
    private readonly folder: string,
    private readonly members: readonly Member[],
  ) {}

  static start(size: 1 | 3): Promise<RealEtcd> {
    return onFreePorts(async () => {
      const etcd = await RealEtcd.#spawn(size);
      try {
        await Promise.all(etcd.members.map((member) => etcd.#ready(member)));
        return etcd;
      } catch (error) {
        await etcd.end();
        throw error;
      }
    });
  }

  static async #spawn(size: number): Promise<RealEtcd> {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-etcd-'));
    const names = Array.from({ length: size }, (_, i) => `m${i + 1}`);
    const urls = await Promise.all(names.map(async () => ({ client: await freeUrl(), peer: await freeUrl() })));
    const cluster = names.map((name, i) => `${name}=${urls[i]!.peer}`).join(',');
    const members = names.map((name, i) => {
      const { client, peer } = urls[i]!;
      const args = Object.entries({
        name,
        'data-dir': join(folder, name),
        'log-level': 'error',
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': peer,
        'initial-advertise-peer-urls': peer,
        'initial-cluster': cluster,
        // A slow disk would look like a member that fails; nobody cuts the power of a test.
        'unsafe-no-fsync': 'true',
      }).map(([flag, value]) => `--${flag}=${value}`);
      return { clientUrl: client, args, part: ChildPart.start(binary, args) };
    });
    return new RealEtcd(folder, members);
  }

  get endpoints(): readonly string[] {
    return this.members.map(({ clientUrl }) => clientUrl);
  }

  /** The index of the raft leader. While there is none, waits for one. */
  async leader(): Promise<number> {
    const sinceMs = clock.monotonicMs();
    for (;;) {
      const statuses = await Promise.all(this.members.map((_, index) => this.#status(index)));
      const leader = statuses.findIndex((status) => status !== undefined && status.id === status.leader);
      if (leader >= 0) return leader;
      if (clock.monotonicMs() - sinceMs > LEADER_WITHIN_MS) throw new Error('the cluster has no leader');
      await clock.sleep(POLL_MS);
    }
  }

  async freeze(index: number): Promise<void> {
    await this.members[index]!.part.freeze();
  }

  thaw(index: number): void {
    this.members[index]!.part.thaw();
  }

  async kill(index: number): Promise<void> {
    await this.members[index]!.part.kill();
  }

  async restart(index: number): Promise<void> {
    const member = this.members[index]!;
    member.part = ChildPart.start(binary, member.args);
    await this.#ready(member);
  }

  async post<Reply>(index: number, path: string, body: object): Promise<Reply> {
    const request = { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) };
    const response = await fetch(this.members[index]!.clientUrl + path, request);
    return (await response.json()) as Reply;
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map(({ part }) => part.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Who it is and whom it takes for the leader; nothing when it does not answer. */
  async #status(index: number): Promise<{ readonly id: string; readonly leader: string } | undefined> {
    type Status = { readonly header: { readonly member_id: string }; readonly leader: string };
    return this.post<Status>(index, '/v3/maintenance/status', {}).then(
      ({ header, leader }) => ({ id: header.member_id, leader }),
      () => undefined,
    );
  }

  async #ready({ part, clientUrl }: Member): Promise<void> {
    await part.ready(() =>
      fetch(`${clientUrl}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) }).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }
}
