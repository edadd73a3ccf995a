import type { SiteId } from '#libs/domain';
import { allOrEveryProblem, readSecret } from '#libs/runtime';
import { journalEndpoints, type SecretRef, type Topology } from '#libs/topology';
import type { EtcdOptions } from './etcd-gateway.js';
import type { EtcdTls } from './etcd-transport.js';

type Journal = Topology['journal'];

/**
 * How a process of `site` reaches the journal. Certificates are read now and a change of them needs a restart; the
 * password is read again at every login.
 * @throws SecretError, SeveralProblemsError
 */
export async function journalAccess(
  topology: Topology,
  site: SiteId | undefined,
  requestTimeoutMs: number = topology.policy.requestTimeoutMs,
): Promise<EtcdOptions> {
  const { tls, login } = topology.journal;
  const password = async () => (login ? readSecret(login.password, `journal password of ${login.user}`) : '');
  const [read] = await allOrEveryProblem([tlsOf(tls), password()]);
  return {
    endpoints: journalEndpoints(topology, site),
    requestTimeoutMs,
    ...(read && { tls: read }),
    ...(login && { login: { user: login.user, password } }),
  };
}

async function tlsOf(tls: Journal['tls']): Promise<EtcdTls | undefined> {
  if (!tls) return undefined;
  const pem = async (ref: SecretRef | undefined, purpose: string) =>
    ref === undefined ? undefined : readSecret(ref, `journal's ${purpose}`);
  const [ca, certificate, key] = await allOrEveryProblem([
    pem(tls.ca, 'trusted certificates'),
    pem(tls.certificate, 'client certificate'),
    pem(tls.key, 'client key'),
  ]);
  return {
    ...(ca && { ca }),
    ...(certificate && { certificate }),
    ...(key && { key }),
    ...(tls.serverName && { serverName: tls.serverName }),
  };
}
