const GROUP = 'monitoring.coreos.com';

/** Stand-ins for two definitions of the Prometheus operator: names and versions, and no schema of what is inside. */
export function monitoringStubs(): object[] {
  return ['ServiceMonitor', 'PrometheusRule'].map((kind) => {
    const singular = kind.toLowerCase();
    const plural = `${singular}s`;
    const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${GROUP}` },
      spec: {
        group: GROUP,
        scope: 'Namespaced',
        names: { plural, singular, kind },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: anything } }],
      },
    };
  });
}
