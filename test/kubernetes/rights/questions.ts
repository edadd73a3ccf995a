/** The processes of a site, as their ServiceAccounts are named. */
export const APPS = [
  'config-switcher',
  'mirror-switcher',
  'dns-switcher',
  'site-guard',
  'orchestrator',
  'health-monitor',
  'notifier',
] as const;
export type App = (typeof APPS)[number];

export interface Question {
  readonly verb: string;
  readonly group?: string;
  /** With its subresource after a slash. */
  readonly resource: string;
  readonly name?: string;
  readonly namespace?: string;
  /** Who has to be allowed it; nobody else may be. */
  readonly allowed: readonly App[];
}

const CLIENTS = 'orders';
const STRIMZI = 'kafka.strimzi.io';
const POLICY = { group: 'networking.k8s.io', resource: 'networkpolicies' };
const verbs = (all: readonly string[], question: Omit<Question, 'verb'>): Question[] =>
  all.map((verb) => ({ verb, ...question }));

const config = ['config-switcher'] as const;
const mirror = ['mirror-switcher'] as const;
const guard = ['site-guard'] as const;
const nobody = [] as const;

/** What each must be able to do: exactly the objects that the topology names. */
const NEEDED: readonly Question[] = [
  ...verbs(['get', 'patch', 'watch'], { resource: 'configmaps', name: 'clients', namespace: CLIENTS, allowed: config }),
  ...verbs(['get', 'patch', 'watch'], { resource: 'secrets', name: 'login', namespace: CLIENTS, allowed: config }),
  ...verbs(['get', 'patch'], {
    group: 'apps',
    resource: 'deployments',
    name: 'orders',
    namespace: CLIENTS,
    allowed: config,
  }),
  ...verbs(['list'], { resource: 'pods', namespace: CLIENTS, allowed: config }),
  ...verbs(['list'], { group: 'policy', resource: 'poddisruptionbudgets', namespace: CLIENTS, allowed: config }),
  ...verbs(['get', 'patch'], {
    group: STRIMZI,
    resource: 'kafkamirrormaker2s',
    name: 'b-to-a',
    namespace: 'kafka',
    allowed: mirror,
  }),
  ...verbs(['get', 'patch'], {
    resource: 'configmaps',
    name: 'b-to-a-altered',
    namespace: 'kafka',
    allowed: mirror,
  }),
  ...verbs(['get'], { resource: 'configmaps', name: 'b-to-a-listed', namespace: 'kafka', allowed: mirror }),
  ...['bills-mirror', 'bills-checkpoints'].flatMap((name) =>
    verbs(['get', 'patch'], { group: STRIMZI, resource: 'kafkaconnectors', name, namespace: 'kafka', allowed: mirror }),
  ),
  ...['orders-app', 'signalbox'].flatMap((name) =>
    verbs(['get', 'patch'], { group: STRIMZI, resource: 'kafkausers', name, namespace: 'kafka', allowed: guard }),
  ),
  ...verbs(['get', 'patch', 'create'], { ...POLICY, name: 'signalbox-fence', namespace: 'kafka', allowed: guard }),
];

const REFUSED: readonly Question[] = [
  ...verbs(['create', 'delete', 'update', 'deletecollection'], {
    resource: 'configmaps',
    name: 'clients',
    namespace: CLIENTS,
    allowed: nobody,
  }),
  ...verbs(['get', 'patch'], { resource: 'configmaps', name: 'another', namespace: CLIENTS, allowed: nobody }),
  ...verbs(['list', 'watch'], { resource: 'configmaps', namespace: CLIENTS, allowed: nobody }),
  ...verbs(['get', 'patch'], { resource: 'configmaps', name: 'clients', namespace: 'payments', allowed: nobody }),
  ...verbs(['get', 'patch'], { resource: 'secrets', name: 'another', namespace: CLIENTS, allowed: nobody }),
  ...verbs(['list', 'watch'], { resource: 'secrets', namespace: CLIENTS, allowed: nobody }),
  ...verbs(['get', 'list'], { resource: 'secrets', namespace: 'signalbox', allowed: nobody }),
  ...verbs(['get'], { resource: 'secrets', namespace: 'kube-system', allowed: nobody }),
  ...verbs(['patch', 'delete'], {
    group: 'apps',
    resource: 'deployments',
    name: 'another',
    namespace: CLIENTS,
    allowed: nobody,
  }),
  ...verbs(['delete', 'create', 'patch'], { resource: 'pods', namespace: CLIENTS, allowed: nobody }),
  ...verbs(['create'], { resource: 'pods/exec', namespace: CLIENTS, allowed: nobody }),
  ...verbs(['patch', 'get'], {
    group: STRIMZI,
    resource: 'kafkaconnectors',
    name: 'another',
    namespace: 'kafka',
    allowed: nobody,
  }),
  ...verbs(['delete', 'create', 'update'], {
    group: STRIMZI,
    resource: 'kafkaconnectors',
    name: 'bills-mirror',
    namespace: 'kafka',
    allowed: nobody,
  }),
  ...verbs(['patch', 'get'], {
    group: STRIMZI,
    resource: 'kafkamirrormaker2s',
    name: 'another',
    namespace: 'kafka',
    allowed: nobody,
  }),
  ...verbs(['delete', 'create', 'update'], {
    group: STRIMZI,
    resource: 'kafkamirrormaker2s',
    name: 'b-to-a',
    namespace: 'kafka',
    allowed: nobody,
  }),
  ...verbs(['patch', 'create'], {
    resource: 'configmaps',
    name: 'b-to-a-listed',
    namespace: 'kafka',
    allowed: nobody,
  }),
  ...verbs(['patch'], {
    group: STRIMZI,
    resource: 'kafkausers',
    name: 'another',
    namespace: 'kafka',
    allowed: nobody,
  }),
  ...verbs(['delete', 'create', 'update'], {
    group: STRIMZI,
    resource: 'kafkausers',
    name: 'orders-app',
    namespace: 'kafka',
    allowed: nobody,
  }),
  ...verbs(['delete', 'deletecollection', 'update', 'watch'], {
    ...POLICY,
    name: 'signalbox-fence',
    namespace: 'kafka',
    allowed: nobody,
  }),
  // A POST says no name to whoever judges it, so this is the right to make one of any name.
  ...verbs(['create', 'list', 'watch', 'deletecollection'], { ...POLICY, namespace: 'kafka', allowed: nobody }),
  ...verbs(['get', 'patch', 'create', 'delete'], {
    ...POLICY,
    name: 'another',
    namespace: 'kafka',
    allowed: nobody,
  }),
  ...['orders', 'signalbox'].flatMap((namespace) =>
    verbs(['get', 'patch', 'create'], { ...POLICY, name: 'signalbox-fence', namespace, allowed: nobody }),
  ),
  ...verbs(['list', 'create', 'delete'], { ...POLICY, allowed: nobody }),
  ...verbs(['break-glass'], { resource: 'configmaps', name: 'clients', namespace: CLIENTS, allowed: nobody }),
  ...verbs(['patch', 'delete'], {
    group: 'admissionregistration.k8s.io',
    resource: 'validatingadmissionpolicies',
    allowed: nobody,
  }),
  ...verbs(['create'], { group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings', allowed: nobody }),
  ...verbs(['bind', 'escalate'], { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', allowed: nobody }),
  ...verbs(['impersonate'], { resource: 'users', allowed: nobody }),
  ...verbs(['create'], { resource: 'serviceaccounts/token', namespace: 'signalbox', allowed: nobody }),
  ...verbs(['list'], { resource: 'nodes', allowed: nobody }),
  ...verbs(['*'], { group: '*', resource: '*', allowed: nobody }),
];

export const QUESTIONS: readonly Question[] = [...NEEDED, ...REFUSED];

/** As `kubectl auth can-i` takes it. */
export function asked({ verb, group, resource, name, namespace }: Question): string[] {
  const [plural = '', subresource] = resource.split('/');
  const kind = group === undefined || group === '*' ? plural : `${plural}.${group}`;
  return [
    verb,
    name === undefined ? kind : `${kind}/${name}`,
    ...(subresource === undefined ? [] : ['--subresource', subresource]),
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
  ];
}
