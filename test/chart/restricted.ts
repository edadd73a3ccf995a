import type { Rendered } from './helm.js';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: Security;
  readonly resources?: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;
  readonly startupProbe?: { readonly periodSeconds: number; readonly failureThreshold: number };
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Security {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly readOnlyRootFilesystem?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly privileged?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
}

export interface Volume {
  readonly name: string;
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
  readonly [kind: string]: unknown;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly securityContext?: Security;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly topologySpreadConstraints?: readonly object[];
}

/** The pod that a Deployment, StatefulSet or Pod is about; undefined for everything else. */
export function podOf({ kind, spec }: Rendered): PodSpec | undefined {
  if (kind === 'Pod') return spec as PodSpec;
  if (!['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)) return undefined;
  return (spec as { readonly template: { readonly spec: PodSpec } }).template.spec;
}

const VOLUMES = [
  'configMap',
  'emptyDir',
  'projected',
  'secret',
  'persistentVolumeClaim',
  'downwardAPI',
  'csi',
  'ephemeral',
];

/**
 * What the profile `restricted` of Pod Security Standards has against a pod, and the read-only root that we ask for besides;
 * empty when nothing. Written from the standard, not from the chart.
 */
export function violationsOf(pod: PodSpec): readonly string[] {
  const ofPod = pod.securityContext ?? {};
  const strange = (pod.volumes ?? []).filter((volume) =>
    Object.keys(volume).some((key) => key !== 'name' && !VOLUMES.includes(key)),
  );
  return [
    ...(pod.hostNetwork || pod.hostPID || pod.hostIPC ? ["shares one of the host's namespaces"] : []),
    ...strange.map(({ name }) => `volume ${name} is of a kind that is not allowed`),
    ...[...pod.containers, ...(pod.initContainers ?? [])].flatMap((container) =>
      violationsOfContainer(container, ofPod).map((violation) => `${container.name}: ${violation}`),
    ),
  ];
}

function violationsOfContainer({ securityContext: own = {} }: Container, ofPod: Security): readonly string[] {
  const effective = { ...ofPod, ...own };
  const { drop = [], add = [] } = own.capabilities ?? {};
  const rules: readonly (readonly [boolean, string])[] = [
    [own.privileged === true, 'is privileged'],
    [own.allowPrivilegeEscalation !== false, 'may gain privileges'],
    [!drop.includes('ALL'), 'does not drop every capability'],
    [add.some((name) => name !== 'NET_BIND_SERVICE'), 'adds capabilities'],
    [effective.runAsNonRoot !== true, 'may run as root'],
    [effective.runAsUser === undefined || effective.runAsUser === 0, 'runs as nobody in particular, or as root'],
    [!['RuntimeDefault', 'Localhost'].includes(effective.seccompProfile?.type ?? ''), 'has no seccomp profile'],
    [own.readOnlyRootFilesystem !== true, 'may write to its root'],
  ];
  return rules.flatMap(([isBroken, violation]) => (isBroken ? [violation] : []));
}
