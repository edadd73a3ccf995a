import type { Archives } from './archives.js';
import { BindPart } from './bind.js';
import { ConnectPart } from './connect.js';
import { EtcdPart } from './etcd.js';
import { KafkaPart } from './kafka.js';
import { KAFKA_SITES, type Layout, SITES } from './layout.js';
import type { Part } from './part.js';
import { RedisPart } from './redis.js';
import { Route53Part } from './route53.js';
import type { RunDirectory } from './run-directory.js';
import { ZookeeperPart } from './zookeeper.js';

/** `zookeeper`: for the broker of site A, which then has no controller of its own; of a Kafka before 4.0 only. */
export type Infrastructure = 'kafka' | 'zookeeper' | 'connect' | 'redis' | 'etcd' | DnsPart;
/** What keeps the name that clients follow. */
export type DnsPart = 'bind' | 'route53';
export const INFRASTRUCTURE: readonly Infrastructure[] = ['kafka', 'connect', 'redis', 'etcd', 'bind'];

/** Everything, with this one to keep the name. */
export const withDns = (dns: DnsPart): readonly Infrastructure[] =>
  INFRASTRUCTURE.map((kind) => (kind === 'bind' ? dns : kind));

/** The real parts of all sites, of the kinds that are wanted. */
export function infrastructure(
  layout: Layout,
  run: RunDirectory,
  archives: Archives | undefined,
  wanted: readonly Infrastructure[],
): Part[] {
  const kinds: Readonly<Record<Infrastructure, () => Part[]>> = {
    kafka: () =>
      KAFKA_SITES.map((site) => {
        const archive = archives?.for('kafka') ?? 'none';
        const isOnZookeeper = site === 'a' && wanted.includes('zookeeper');
        return new KafkaPart(site, layout, run, archive, archives?.find('bootstrap.checkpoint'), isOnZookeeper);
      }),
    zookeeper: () => [new ZookeeperPart('a', layout, run)],
    connect: () => KAFKA_SITES.map((site) => new ConnectPart(site, layout, run, archives?.for('connect') ?? 'none')),
    redis: () => KAFKA_SITES.map((site) => new RedisPart(site, layout, run)),
    etcd: () => SITES.map((site) => new EtcdPart(site, layout, run)),
    bind: () => SITES.map((site) => new BindPart(site, layout, run)),
    route53: () => [new Route53Part(layout, run)],
  };
  return wanted.flatMap((kind) => kinds[kind]());
}
