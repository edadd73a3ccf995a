import { until } from '../../lab/condition.js';
import type { ControlPlane } from '../../lab/kubernetes/control-plane.js';
import { define } from '../../lab/kubernetes/definitions.js';
import { strimziStubs } from '../../lab/kubernetes/strimzi-stubs.js';
import { CHART, Helm, RELEASE, valuesOf } from '../helm.js';

const POLICIES = ['epoch-fence', 'write-stamp', 'break-glass-role'];
const READ_WITHIN_MS = 60_000;

/** What belongs to no namespace is named after the release and its own. */
export const policyNamed = (name: string): string => `${RELEASE}-${RELEASE}-${name}`;

/** The chart's policies and nothing else of it, beside stand-ins for Strimzi's definitions where none are given. */
export async function installFence(plane: ControlPlane, definitions = strimziStubs()): Promise<void> {
  await define(plane, definitions);
  await plane.must(['create', '--validate=false', '--filename', '-'], { input: await renderPolicies(plane) });
}

function renderPolicies(plane: ControlPlane): Promise<string> {
  const only = POLICIES.flatMap((name) => ['--show-only', `templates/admission/${name}.yaml`]);
  return new Helm(plane, 'helm4').must(['template', RELEASE, CHART, ...valuesOf('site-a'), ...only]);
}

/** What the API server thinks of the policies' expressions, once it has looked at them: nothing, or warnings. */
export async function warningsOf(plane: ControlPlane, policy: string): Promise<unknown> {
  const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${policyNamed(policy)}`;
  return until(`${policy} is type-checked`, READ_WITHIN_MS, async () => {
    const { text } = await plane.request({ method: 'GET', path });
    const { metadata, status = {} } = JSON.parse(text) as {
      metadata: { generation: number };
      status?: { observedGeneration?: number; typeChecking?: { expressionWarnings?: unknown } };
    };
    if (status.observedGeneration !== metadata.generation) throw new Error('not looked at yet');
    return status.typeChecking?.expressionWarnings ?? [];
  });
}
