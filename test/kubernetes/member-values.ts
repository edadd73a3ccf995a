import { ETCD_IMAGE } from '../lab/kubernetes/node/images.js';
import { RELEASE } from './helm.js';
import { APPS } from './node-release.js';

export const MEMBER_SITES = ['a', 'b', 'w'] as const;
export type MemberSite = (typeof MEMBER_SITES)[number];

export const STORAGE_CLASS = 'members';
/** A member's certificate, in each namespace. */
export const TLS_SECRET = 'etcd-member';

export const namespaceOf = (site: MemberSite): string => `site-${site}`;
export const hostOf = (site: MemberSite): string => `${RELEASE}-etcd.${namespaceOf(site)}`;

/** Over ci/member.yaml: addresses and images of the lab, and nothing but the member. */
export function memberValues(site: MemberSite): object {
  const each = (port: number) =>
    Object.fromEntries(MEMBER_SITES.map((id) => [id, `https://${hostOf(id)}:${port}`] as const));
  return {
    site,
    topology: { journal: { members: each(2379) } },
    // One release of a cluster has it, and here are three.
    admission: { create: false },
    apps: Object.fromEntries(APPS.map((app) => [app, { replicas: 0 }])),
    etcd: {
      image: ETCD_IMAGE,
      tlsSecret: TLS_SECRET,
      storageClass: STORAGE_CLASS,
      storageSize: '64Mi',
      peers: each(2380),
      // Tests come from outside of the cluster.
      service: { type: 'NodePort', sourceRanges: [] },
      extraArgs: [],
    },
  };
}
