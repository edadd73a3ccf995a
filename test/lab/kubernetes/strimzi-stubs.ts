/**
 * Stand-ins for three of Strimzi's resource definitions: the names, versions and subresources of the real ones (as of 0.51, which
 * serves both versions), and no schema of what is inside. Enough for everything that the API server itself decides.
 */
const GROUP = 'kafka.strimzi.io';

interface Stub {
  readonly plural: string;
  readonly kind: string;
  readonly shortName: string;
  /** Where `kubectl scale` writes; absent where nothing can be scaled. */
  readonly scaled?: string;
}

const STUBS: readonly Stub[] = [
  { plural: 'kafkamirrormaker2s', kind: 'KafkaMirrorMaker2', shortName: 'kmm2', scaled: '.spec.replicas' },
  { plural: 'kafkaconnectors', kind: 'KafkaConnector', shortName: 'kctr', scaled: '.spec.tasksMax' },
  { plural: 'kafkausers', kind: 'KafkaUser', shortName: 'ku' },
];

export type StrimziVersion = 'v1beta2' | 'v1';

/** @param served the versions that this cluster answers; the first one is stored */
export function strimziStubs(served: readonly StrimziVersion[] = ['v1beta2', 'v1']): object[] {
  return STUBS.map(({ plural, kind, shortName, scaled }) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind, shortNames: [shortName], categories: ['strimzi'] },
      versions: served.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } } },
        subresources: {
          status: {},
          ...(scaled !== undefined && {
            scale: { specReplicasPath: scaled, statusReplicasPath: scaled.replace('.spec', '.status') },
          }),
        },
      })),
    },
  }));
}

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
