import { z } from 'zod';
import { ApiText } from './api-access.js';
import { ApprovalText } from './approval.js';
import { ChannelText } from './channel.js';
import { ClusterText, type Cluster } from './cluster.js';
import { FlowText, type Flow } from './flow.js';
import { GroupText, type Group } from './group.js';
import type { Immutable } from './immutable.js';
import { PolicyText } from './policy.js';
import { HttpAddress, InstallationIdText, record, SecretRef, SiteIdText, Text } from './scalars.js';
import { SiteText, type Site } from './site.js';

const Members = z.union([HttpAddress.transform((one) => [one]), z.array(HttpAddress).min(1)], {
  error: 'an address like http://10.1.0.5:2379, or a list of them',
});

const JournalTls = record({
  ca: SecretRef.optional().describe('Certificates to trust, PEM; the system ones when absent.'),
  certificate: SecretRef.optional().describe('Our own certificate, PEM, where members ask for one.'),
  key: SecretRef.optional().describe('Its key, PEM.'),
  serverName: Text.optional().describe('Expected in the certificates, when it differs from the hosts.'),
});

const JournalText = record({
  members: z.record(SiteIdText, Members, 'etcd addresses by site').describe('etcd members by the site they run in.'),
  otherWays: z
    .record(SiteIdText, Members, 'etcd addresses by site')
    .describe(
      'The same members by site, at addresses over a path that shares nothing with the others: used when those do not answer, so that a site cut off on one path still says how it is.',
    )
    .default({}),
  tls: JournalTls.optional().describe('For members at https://; all or none of them.'),
  login: record({ user: Text, password: SecretRef })
    .optional()
    .describe("etcd's own user, when it asks for one. Its role must read and write what begins with /signalbox/."),
});

/** signalbox.yaml: the one document that configures every process of every site. */
export const TopologyText = record({
  version: z.literal(1, 'the version of this format: 1'),
  installation: InstallationIdText.default('signalbox').describe(
    'Stands beside every name that is switched: say something of your own where two installations share a zone.',
  ),
  sites: z.array(SiteText, 'a list of sites').min(1, 'at least one site'),
  journal: JournalText,
  clusters: z.array(ClusterText, 'a list of clusters').min(1, 'at least one cluster'),
  flows: z.array(FlowText, 'a list of flows').default([]),
  groups: z.array(GroupText, 'a list of groups').default([]),
  policy: PolicyText.prefault({}),
  api: ApiText.prefault({}),
  approval: ApprovalText.prefault({}),
  channels: z.array(ChannelText, 'a list of channels').default([]),
});

export type Topology = Immutable<z.infer<typeof TopologyText>>;
export type ApiToken = Topology['api']['tokens'][number];
export type ApiRole = ApiToken['role'];
export type OidcSettings = NonNullable<Topology['api']['oidc']>;

export type { Cluster, Flow, Group, Site };
