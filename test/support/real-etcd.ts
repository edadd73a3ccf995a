import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '#libs/runtime';
import { ChildPart } from './child-part.js';
import { freePort } from './free-port.js';

const binary = join(process.env['SIGNALBOX_CACHE'] ?? join(homedir(), '.cache/signalbox'), 'bin/etcd');
const clock = new SystemClock();

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

  static async start(size: 1 | 3): Promise<RealEtcd> {
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
      }).flatMap(([flag, value]) => [`--${flag}`, value]);
      return { clientUrl: client, args, part: ChildPart.start(binary, args) };
    });
    const etcd = new RealEtcd(folder, members);
    await Promise.all(members.map((member) => etcd.#ready(member)));
    return etcd;
  }

  get endpoints(): readonly string[] {
    return this.members.map(({ clientUrl }) => clientUrl);
  }

  /** The index of the raft leader. */
  async leader(): Promise<number> {
    const status = await this.post<{ header: { member_id: string }; leader: string }>(0, '/v3/maintenance/status', {});
    for (let i = 0; i < this.members.length; i++) {
      const own = await this.post<{ header: { member_id: string } }>(i, '/v3/maintenance/status', {});
      if (own.header.member_id === status.leader) return i;
    }
    throw new Error('the cluster has no leader');
  }

  freeze(index: number): void {
    this.members[index]!.part.freeze();
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
    const request = { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(5_000) };
    const response = await fetch(this.members[index]!.clientUrl + path, request);
    return (await response.json()) as Reply;
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map(({ part }) => part.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }

  async #ready({ part, clientUrl }: Member): Promise<void> {
    const isReady = async () =>
      fetch(`${clientUrl}/health`, { signal: AbortSignal.timeout(1_000) }).then(
        ({ ok }) => ok,
        () => false,
      );
    await part.ready(isReady, () => clock.sleep(100));
  }
}

/** Nobody listens there. */
export const freeUrl = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;
