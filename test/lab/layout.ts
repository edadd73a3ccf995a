import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from './lab-error.js';

export type LabSite = 'a' | 'b' | 'w';
/** A site with a Kafka cluster of its own; `w` only watches. */
export type KafkaSite = 'a' | 'b';

export const SITES: readonly LabSite[] = ['a', 'b', 'w'];
export const KAFKA_SITES: readonly KafkaSite[] = ['a', 'b'];

/** The same at every site: sites differ by address only. */
export const PORTS = {
  kafkaClient: 19092,
  kafkaController: 19093,
  kafkaAdmin: 19094,
  zookeeper: 12181,
  connect: 18083,
  redis: 16379,
  etcdClient: 12379,
  etcdPeer: 12380,
  dns: 15353,
  /** The API of a fake of Route 53, `outside`. */
  route53: 18091,
  orchestrator: 18080,
  'health-monitor': 18081,
  'site-guard': 18082,
  'dns-switcher': 18084,
  'mirror-switcher': 18085,
  'config-switcher': 18086,
  notifier: 18087,
  kubernetesApi: 16443,
  kubernetesControllers: 16444,
  /** What the API server keeps its objects in: an etcd of its own. */
  kubernetesStore: 12479,
  kubernetesStorePeer: 12480,
  /** Answers at `outside`: an anchor that no site can take with it. */
  anchor: 18090,
} as const;

export const NETS_MAX = 25;
/** Groups that no distribution hands out: each site's processes run under one, so that a firewall rule can name them. */
const FIRST_GID = 21_000;

/** Where everything of one lab is. Labs with different `net` run side by side. */
export class Layout {
  constructor(readonly net: number) {
    if (!Number.isInteger(net) || net < 0 || net >= NETS_MAX) {
      throw new LabError(`SIGNALBOX_LAB_NET is ${net}: write a whole number from 0 to ${NETS_MAX - 1}`);
    }
  }

  static fromEnvironment(net?: number): Layout {
    return new Layout(net ?? Number(process.env['SIGNALBOX_LAB_NET'] ?? 0));
  }

  /** Marks what is ours on the machine: firewall rules carry it as a comment, the run directory as its name. */
  get tag(): string {
    return `signalbox-lab-${this.net}`;
  }

  get runDirectory(): string {
    return join(tmpdir(), this.tag);
  }

  address(site: LabSite | 'outside'): string {
    return `127.${this.octet(site)}.0.1`;
  }

  network(site: LabSite | 'outside'): string {
    return `127.${this.octet(site)}.0.0/16`;
  }

  /** Those that an interface has to be given, so that a name server can listen there. */
  loopbackAddresses(): string[] {
    return SITES.map((site) => this.address(site));
  }

  /** All addresses of all sites. */
  get everywhere(): string {
    return '127.0.0.0/8';
  }

  gid(site: LabSite): number {
    return FIRST_GID + this.octet(site);
  }

  /** `outside` is a place in none of the sites: what an isolated site cannot reach either. */
  private octet(site: LabSite | 'outside'): number {
    return 10 * this.net + [...SITES, 'outside'].indexOf(site) + 1;
  }
}

export function siteNamed(name: string | undefined): LabSite {
  const site = SITES.find((known) => known === name);
  if (site === undefined) throw new LabError(`no site "${name ?? ''}": write one of ${SITES.join(', ')}`);
  return site;
}

export function kafkaSiteNamed(name: string | undefined): KafkaSite {
  const site = KAFKA_SITES.find((known) => known === name);
  if (site === undefined) throw new LabError(`no Kafka at "${name ?? ''}": write one of ${KAFKA_SITES.join(', ')}`);
  return site;
}
