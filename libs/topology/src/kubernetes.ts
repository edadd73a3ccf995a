import type { SiteId } from '#libs/domain';
import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { KafkaProxy, Kroxylicious } from './proxy.js';
import { Milliseconds, record, SecretRef, SiteIdText, Text } from './scalars.js';

/** Far above what a site has; a list that is longer belongs into several configs. */
const TARGETS_MAX = 200;
const WORKLOADS_MAX = 50;
const KEYS_MAX = 20;

const LABEL_FORM = 'a name as Kubernetes has it: lower-case letters, digits and inner hyphens, at most 63';
export const Namespace = z.string(LABEL_FORM).regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, LABEL_FORM);
const NAME_FORM = 'a name as Kubernetes has it: lower-case letters, digits, inner hyphens and dots, at most 253';
export const ObjectName = z
  .string(NAME_FORM)
  .regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, NAME_FORM);
const KEY_FORM = 'a key as ConfigMaps have it: letters, digits, -, _ and ., at most 253';
const Key = z.string(KEY_FORM).regex(/^(?!\.\.)[A-Za-z0-9._-]{1,253}$/, KEY_FORM);

/** How a key says the settings. Its whole text is ours: what else stood there is gone after the first change. */
const Rendering = z.discriminatedUnion(
  'as',
  [
    record({
      as: z.literal('value'),
      setting: Text.describe('The setting whose text the key has, as it is.'),
    }),
    record({ as: z.literal('properties').describe('All settings as Java properties, one a line.') }),
    record({ as: z.literal('json').describe('All settings as one JSON object of texts.') }),
    KafkaProxy,
    Kroxylicious,
  ],
  'as: value, properties, json, kafka-proxy or kroxylicious',
);

const Workload = record({
  kind: z
    .enum(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'])
    .describe(
      "Rollout: that of Argo Rollouts, argoproj.io/v1alpha1. In the namespace of what it reads, as a pod's are.",
    ),
  name: ObjectName,
});

const Target = record({
  object: z.enum(['ConfigMap', 'Secret']),
  namespace: Namespace,
  name: ObjectName.describe('It must be there: Signalbox changes it, and creates none.'),
  keys: z
    .record(Key, Rendering, 'renderings by key')
    .refine((keys) => Object.keys(keys).length > 0, 'at least one key')
    .refine((keys) => Object.keys(keys).length <= KEYS_MAX, `at most ${KEYS_MAX} keys`)
    .describe('Keys that are switched. The others are left to whoever has them.'),
  restart: z
    .enum(['reloader', 'annotation', 'watch-file'])
    .describe(
      'How the workloads come to read it: reloader waits for Stakater Reloader and restarts what it missed, annotation restarts by an annotation of our own, watch-file restarts nothing.',
    ),
  reloaderWithinMs: Milliseconds.default(10_000).describe('What Reloader has not restarted by then, it has missed.'),
  deadlineMs: Milliseconds.default(180_000).describe(
    'When the workloads have not come up with the new value by then, that is an exception of the run.',
  ),
  workloads: z
    .array(Workload, 'a list of workloads')
    .max(WORKLOADS_MAX, `at most ${WORKLOADS_MAX} workloads`)
    .default([])
    .describe('What reads it, and is followed until no pod has the old value.'),
});

export const KubernetesAccessText = z.union(
  [
    z.literal('in-cluster'),
    record({
      kubeconfig: SecretRef.describe(
        'A kubeconfig. Tokens and certificates that it names are read again as they change.',
      ),
      context: Text.optional().describe('One of its contexts; the current one when absent.'),
    }),
  ],
  'in-cluster, or { kubeconfig: { file: … } }',
);

/** ConfigMaps and Secrets that clients read, by site. */
export const Kubernetes = record({
  kind: z.literal('kubernetes'),
  sites: z.record(
    SiteIdText,
    record({
      access: KubernetesAccessText.default('in-cluster').describe(
        'How the config-switcher of that site, and nobody else, reaches the API server of that site.',
      ),
      targets: z
        .array(Target, 'a list of targets')
        .min(1, 'at least one target')
        .max(TARGETS_MAX, `at most ${TARGETS_MAX} targets`),
    }),
    'targets by site',
  ),
});

export type KubernetesSite = Immutable<z.infer<typeof Kubernetes>>['sites'][SiteId];
export type KubernetesAccess = Immutable<z.infer<typeof KubernetesAccessText>>;
export type KubernetesTarget = KubernetesSite['targets'][number];
export type KubernetesWorkload = KubernetesTarget['workloads'][number];
export type KeyRendering = KubernetesTarget['keys'][string];

/** The one setting that a key says; undefined where it says all of them. */
export const settingOf = (rendering: KeyRendering): string | undefined =>
  'setting' in rendering ? rendering.setting : undefined;

/** As people and kubectl call it: `configmap/clients -n orders`, short and unambiguous within a site. */
export const nameOfTarget = ({ object, namespace, name }: Pick<KubernetesTarget, 'object' | 'namespace' | 'name'>) =>
  `${object} ${namespace}/${name}`;
