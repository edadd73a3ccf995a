import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '#libs/runtime';
import { Agent, fetch } from 'undici';
import type { Certificates } from './certificates.js';
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

export interface EtcdSecurity {
  readonly certificates: Certificates;
  /** Of a token that nobody uses. */
  readonly tokenTtlSeconds: number;
}

export interface RealEtcdOptions {
  /** It wants TLS and a client certificate; users are up to the test. */
  readonly security?: EtcdSecurity;
  /** It answers a write only when it is on disk, as outside of tests. */
  readonly isDurable?: boolean;
}

/** An etcd cluster of its own on free loopback ports, for one test. */
export class RealEtcd {
  private constructor(
    private readonly folder: string,
    private readonly members: readonly Member[],
    private readonly agent: Agent,
  ) {}

  static start(size: 1 | 3, options: RealEtcdOptions = {}): Promise<RealEtcd> {
    return onFreePorts(async () => {
      const etcd = await RealEtcd.#spawn(size, options);
      try {
        await Promise.all(etcd.members.map((member) => etcd.#ready(member)));
        return etcd;
      } catch (error) {
        await etcd.end();
        throw error;
      }
    });
  }

  static async #spawn(size: number, { security, isDurable = false }: RealEtcdOptions): Promise<RealEtcd> {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-etcd-'));
    const names = Array.from({ length: size }, (_, i) => `m${i + 1}`);
    const urls = await Promise.all(names.map(async () => ({ client: await freeUrl(), peer: await freeUrl() })));
    const cluster = names.map((name, i) => `${name}=${urls[i]!.peer}`).join(',');
    const members = names.map((name, i) => {
      const { client: plain, peer } = urls[i]!;
      const client = security ? plain.replace('http:', 'https:') : plain;
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
        'unsafe-no-fsync': String(!isDurable),
        ...(security && flagsOf(security)),
      }).map(([flag, value]) => `--${flag}=${value}`);
      return { clientUrl: client, args, part: ChildPart.start(binary, args) };
    });
    const { ca, client } = security?.certificates ?? {};
    const connect = client ? { ca: ca!, cert: client.certificate, key: client.key } : {};
    return new RealEtcd(folder, members, new Agent({ connect }));
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

  /** `flags`: of this one start. */
  async restart(index: number, ...flags: readonly string[]): Promise<void> {
    const member = this.members[index]!;
    member.part = ChildPart.start(binary, [...member.args, ...flags]);
    await this.#ready(member);
  }

  async post<Reply>(index: number, path: string, body: object, token?: string): Promise<Reply> {
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const headers = token === undefined ? {} : { authorization: token };
    const request = { method: 'POST', body: JSON.stringify(body), headers, signal, dispatcher: this.agent };
    const response = await fetch(this.members[index]!.clientUrl + path, request);
    return (await response.json()) as Reply;
  }

  async end(): Promise<void> {
    await this.agent.destroy();
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
      fetch(`${clientUrl}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS), dispatcher: this.agent }).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }
}

const flagsOf = ({ certificates, tokenTtlSeconds }: EtcdSecurity) => ({
  'trusted-ca-file': certificates.caFile,
  'cert-file': certificates.server.certificateFile,
  'key-file': certificates.server.keyFile,
  'client-cert-auth': 'true',
  'auth-token-ttl': tokenTtlSeconds,
  // As cheap as it gets: what is tested is not how hard a password is to guess.
  'bcrypt-cost': 4,
});
