import type { Person } from '../../lab/kubernetes/api-client.js';
import type { ControlPlane } from '../../lab/kubernetes/control-plane.js';
import { NAMESPACE } from './marks.js';

/** Bound to cluster-admin, as many a person and many a GitOps controller is. */
export const ALL_POWERFUL: Person = { user: 'all-powerful', groups: ['system:authenticated'] };
/** May edit what is in the namespace, and was given the verb `break-glass` on purpose. */
export const KEEPER_OF_THE_GLASS: Person = { user: 'keeper-of-the-glass', groups: ['system:authenticated'] };

/** @param breakGlassRole the ClusterRole that the chart makes and binds to nobody */
export async function letIn(plane: ControlPlane, breakGlassRole: string): Promise<void> {
  const all = ['clusterrolebinding', ALL_POWERFUL.user, '--clusterrole', 'cluster-admin', '--user', ALL_POWERFUL.user];
  await plane.must(['create', ...all]);
  const kinds = ['kafkamirrormaker2s', 'kafkaconnectors', 'kafkausers'];
  const strimzi = kinds.map((kind) => `${kind}.kafka.strimzi.io`).join(',');
  const verbs = 'get,list,create,update,patch,delete';
  await plane.must(['create', 'clusterrole', 'edit-strimzi', '--verb', verbs, '--resource', strimzi]);
  for (const role of ['edit', 'edit-strimzi', breakGlassRole]) {
    const keeper = ['--clusterrole', role, '--user', KEEPER_OF_THE_GLASS.user, '--namespace', NAMESPACE];
    await plane.must(['create', 'rolebinding', `keeper-${role}`, ...keeper]);
  }
}
