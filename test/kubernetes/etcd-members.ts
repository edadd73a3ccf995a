import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { EtcdJournal } from '#libs/journal';
import { clock, until } from '../lab/condition.js';
import { list } from '../lab/kubernetes/definitions.js';
import type { KubernetesSite } from '../lab/kubernetes/node/kubernetes-site.js';
import { type Identity, issue } from '../support/certificates.js';
import { Helm, CHART, RELEASE, valuesOf } from './helm.js';
import {
  hostOf,
  MEMBER_SITES,
  type MemberSite,
  memberValues,
  namespaceOf,
  STORAGE_CLASS,
  TLS_SECRET,
} from './member-values.js';

const NAME = `${RELEASE}-etcd`;
const POD = `${NAME}-0`;
export const CLAIM = `data-${POD}`;
/** Who the chart's processes are: a node gives a folder of its own to nobody. */
const USER = 10_001;
const METRICS_PORT = 2_381;
const ANSWERS_WITHIN_MS = 5_000;
/** Of one question of Signalbox; tests repeat it. */
const REQUEST_TIMEOUT_MS = 2_000;
/** A guard against what never comes, no statement about how fast it is. */
const SOON_MS = 120_000;
const POLL_MS = 200;

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly spec: {
    readonly containers: readonly { readonly livenessProbe: { readonly httpGet: { readonly path: string } } }[];
  };
  readonly status: { readonly containerStatuses?: readonly ContainerStatus[] };
}
interface ContainerStatus {
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
}
/** Who asks: Signalbox, a member, one that another authority calls so, or somebody without a certificate. */
type Who = 'client' | 'member' | 'stranger' | 'nobody';

interface Listed {
  readonly header: { readonly cluster_id: string; readonly member_id: string };
  readonly members: readonly { readonly ID: string; readonly name: string; readonly peerURLs: readonly string[] }[];
}

interface Service {
  readonly spec: { readonly ports: readonly { readonly name: string; readonly nodePort: number }[] };
}

/** A journal of three members, each of them from a release of the chart in a namespace that stands for its site. */
export class EtcdMembers {
  readonly #agents = new Map<Who, Agent>();
  readonly #journals = new Map<string, EtcdJournal>();
  #volumes = 0;

  private constructor(
    private readonly site: KubernetesSite,
    private readonly folder: string,
    private readonly ca: string,
    private readonly identities: Readonly<Record<Exclude<Who, 'nobody'>, Identity>>,
  ) {}

  /** Namespaces, Secrets and a volume for each of them; nothing is installed yet. */
  static async prepare(site: KubernetesSite): Promise<EtcdMembers> {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-members-'));
    const [ours, others] = await Promise.all([authority(folder, 'ours'), authority(folder, 'others')]);
    const names = (each: MemberSite) => `subjectAltName=DNS:${hostOf(each)},IP:${site.enclosure.addresses.node}`;
    const [client, member, stranger, ...own] = await Promise.all([
      ours.issue('client', '/O=signalbox'),
      ours.issue('member', '/CN=etcd', names('a')),
      others.issue('stranger', '/CN=etcd', names('a')),
      ...MEMBER_SITES.map(async (each) => [each, await ours.issue(each, '/CN=etcd', names(each))] as const),
    ]);
    const members = new EtcdMembers(site, folder, ours.certificate, { client, member, stranger });
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const objects = own.flatMap(([each, identity]) => [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceOf(each), labels } },
      tlsSecret(each, ours.certificate, identity),
      members.volume(each),
    ]);
    await site.plane.must(['create', '--filename', '-'], { input: list(objects) });
    return members;
  }

  /** An empty disk for the member of this site, and for none but it. */
  async addVolume(site: MemberSite): Promise<void> {
    await this.site.plane.must(['create', '--filename', '-'], { input: list([this.volume(site)]) });
  }

  helm(site: MemberSite, args: readonly string[], input?: string): Promise<string> {
    return new Helm(this.site.plane, 'helm4', namespaceOf(site)).must(args, input);
  }

  /** `changes`: of single settings, `etcd.tlsSecret=other`. Returns what Helm said, before anything runs. */
  release(verb: 'install' | 'upgrade', site: MemberSite, ...changes: readonly string[]): Promise<string> {
    const set = changes.flatMap((change) => ['--set', change]);
    const values = [...valuesOf('member'), '--values', '-', ...set];
    return this.helm(site, [verb, RELEASE, CHART, ...values], JSON.stringify(memberValues(site)));
  }

  async pod(site: MemberSite): Promise<Pod> {
    return JSON.parse(await this.get(site, `pods/${POD}`)) as Pod;
  }

  async container(site: MemberSite): Promise<ContainerStatus | undefined> {
    return (await this.pod(site)).status.containerStatuses?.[0];
  }

  /** Returns the pod when it is another one than before, and its probe was answered. */
  started(site: MemberSite, before?: Pod): Promise<Pod> {
    return this.until(`the member of ${site} is started`, async () => {
      const pod = await this.pod(site);
      if (pod.metadata.uid === before?.metadata.uid) throw new Error('it is the pod of before');
      const [status] = pod.status.containerStatuses ?? [];
      if (!status?.started) throw new Error(JSON.stringify(pod.status));
      return pod;
    });
  }

  /** A number of pods, and returns when there are as many. */
  async scale(site: MemberSite, replicas: 0 | 1): Promise<void> {
    const scale = ['scale', `statefulset/${NAME}`, '--namespace', namespaceOf(site), '--replicas', String(replicas)];
    await this.site.plane.must(scale);
    if (replicas === 1) await this.started(site);
    else await this.gone(site, `pods/${POD}`);
  }

  async gone(site: MemberSite, path: string): Promise<void> {
    await this.until(`${path} of ${site} is gone`, async () => {
      const { status } = await this.request(site, path);
      if (status !== 404) throw new Error(`${status}`);
    });
  }

  /** What the member says of itself where nobody needs a certificate; `path` with its query. */
  async health(site: MemberSite, path: string): Promise<number> {
    return (await this.request(site, `pods/${POD}:${METRICS_PORT}/proxy${path}`)).status;
  }

  /** What the kubelet is told when it asks whether to end the container. */
  async alive(site: MemberSite): Promise<number> {
    const { spec } = await this.pod(site);
    return this.health(site, spec.containers[0]!.livenessProbe.httpGet.path);
  }

  /** As Signalbox asks, through this member alone. */
  async journal(site: MemberSite): Promise<EtcdJournal> {
    const { certificate, key } = this.identities.client;
    const endpoint = await this.url(site, 'client');
    const options = {
      endpoints: [endpoint],
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      tls: { ca: this.ca, certificate, key },
    };
    const journal = this.#journals.get(endpoint) ?? new EtcdJournal(options, clock);
    this.#journals.set(endpoint, journal);
    return journal;
  }

  /** One question to one member. Throws what it answered when that is no answer. */
  async ask<Reply>(site: MemberSite, path: string, body: object, who: Who = 'client'): Promise<Reply> {
    const init = { method: 'POST', body: JSON.stringify(body) };
    return JSON.parse(await this.fetch(`${await this.url(site, 'client')}${path}`, who, init)) as Reply;
  }

  /** Who a member is, and who there is as all of them know it. */
  list(site: MemberSite): Promise<Listed> {
    return this.ask(site, '/v3/cluster/member/list', { linearizable: true });
  }

  /** What members ask each other. */
  async askAsPeer(site: MemberSite, who: Who): Promise<string> {
    return this.fetch(`${await this.url(site, 'peer')}/members`, who);
  }

  /** What its container has said since it was made, also when it has ended and is made again. */
  async log(site: MemberSite): Promise<string> {
    const log = (more: string) => this.request(site, `pods/${POD}/log?${more}`);
    return (await Promise.all([log('previous=true'), log('')])).map(({ text }) => text).join('');
  }

  /** Returns when it is gone. `member`: with its pod, which of itself would be made again. */
  async delete(site: MemberSite, what: 'pod' | 'member' | 'claim'): Promise<void> {
    const object = { pod: `pod/${POD}`, member: `statefulset/${NAME}`, claim: `persistentvolumeclaim/${CLAIM}` }[what];
    await this.site.plane.must(['delete', object, '--namespace', namespaceOf(site)]);
  }

  /** Repeats until it does not throw. */
  until<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    return until(what, SOON_MS, attempt, POLL_MS);
  }

  /** An object, or what lies below it. Throws unless it is there. */
  async get(site: MemberSite, path: string): Promise<string> {
    const { status, text } = await this.request(site, path);
    if (status !== 200) throw new Error(`${path} of ${site}: ${status} ${text}`);
    return text;
  }

  async end(): Promise<void> {
    for (const journal of this.#journals.values()) await journal.close();
    for (const agent of this.#agents.values()) await agent.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private volume(site: MemberSite): object {
    const name = `member-${site}-${(this.#volumes += 1)}`;
    const path = join(this.folder, name);
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, USER, USER);
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '64Mi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: STORAGE_CLASS,
        claimRef: { namespace: namespaceOf(site), name: CLAIM },
        hostPath: { path },
      },
    };
  }

  private request(site: MemberSite, path: string) {
    return this.site.plane.request({ method: 'GET', path: `/api/v1/namespaces/${namespaceOf(site)}/${path}` });
  }

  private async fetch(url: string, who: Who, init: object = {}): Promise<string> {
    const { certificate, key } = who === 'nobody' ? {} : this.identities[who];
    const agent =
      this.#agents.get(who) ??
      new Agent({ allowH2: false, connect: { ca: this.ca, ...(key && { cert: certificate, key }) } });
    this.#agents.set(who, agent);
    const answer = await fetch(url, { ...init, dispatcher: agent, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
    return text;
  }

  private async url(site: MemberSite, port: 'client' | 'peer'): Promise<string> {
    const { spec } = JSON.parse(await this.get(site, `services/${NAME}`)) as Service;
    const { nodePort } = spec.ports.find(({ name }) => name === port)!;
    return `https://${this.site.enclosure.addresses.node}:${nodePort}`;
  }
}

async function authority(folder: string, name: string) {
  const { certificate, certificateFile, keyFile } = await issue(folder, name, `/CN=${name}`);
  const by = ['-CA', certificateFile, '-CAkey', keyFile, '-addext', 'basicConstraints=critical,CA:FALSE'];
  return {
    certificate,
    issue: (whose: string, subject: string, names?: string) =>
      issue(folder, whose, subject, [...by, ...(names === undefined ? [] : ['-addext', names])]),
  };
}

const tlsSecret = (site: MemberSite, ca: string, { certificate, key }: Identity): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: TLS_SECRET, namespace: namespaceOf(site) },
  stringData: { 'ca.crt': ca, 'tls.crt': certificate, 'tls.key': key },
});
