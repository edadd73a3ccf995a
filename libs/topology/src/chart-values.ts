import { z } from 'zod';
import { record } from './scalars.js';
import { TopologyText } from './topology.js';

/** What belongs to Kubernetes is checked by Kubernetes: here it is only a map, or a list of maps. */
const Map = z.record(z.string(), z.unknown(), 'a map');
const Texts = z.record(z.string(), z.string('a text'), 'texts by name');
const Maps = z.array(Map, 'a list of maps');
const Word = z.string('a text');
const Flag = z.boolean('true or false');

const NAME_FORM = 'a name as Kubernetes has it: lower-case letters, digits, inner hyphens and dots';
const ObjectName = z.string(NAME_FORM).regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, NAME_FORM);
const Port = z.int('a port').min(1).max(65_535);
const PROBE_SECONDS_MAX = 300;

const App = (replicas: z.ZodType) =>
  record({
    replicas,
    resources: Map,
    serviceAccountAnnotations: Texts,
    env: Maps,
    volumes: Maps,
    volumeMounts: Maps,
  }).partial();
/** 0 takes the process away for a while; people have asked for it on purpose. */
const several = App(z.int('a number').min(0).max(5));
const onlyOne = App(z.int('a number').min(0).max(1));

const ServiceType = z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']);
const Peers = z.record(
  z.string(),
  z.url({ protocol: /^https$/, error: 'an address like https://etcd.a.example:2380' }),
  'addresses by site',
);

/** What `helm install` takes: the document of every process, and what only Kubernetes has to be told. */
const ChartValues = record({
  site: TopologyText.shape.sites.element.shape.id.describe('The site that this release is.'),
  topology: TopologyText.describe('The whole of signalbox.yaml, the same at every site.'),
  secretFolders: z
    .record(
      z.string().regex(/^\/[^:]*[^/:]$/, 'the whole path of a folder'),
      ObjectName.nullable(),
      'Secrets by folder',
    )
    .optional()
    .describe('The folder that files of topology lie in, and the Secret that holds them as keys.'),
  image: record({
    repository: Word.min(1),
    tag: Word,
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
    pullSecrets: z.array(ObjectName),
  })
    .partial()
    .optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  listenHost: z.string('an address').min(1).optional(),
  otlpEndpoint: Word.optional(),
  apps: record({
    'health-monitor': several,
    orchestrator: several,
    notifier: several,
    'site-guard': onlyOne,
    'dns-switcher': several,
    'config-switcher': several,
    'mirror-switcher': onlyOne,
  })
    .partial()
    .optional(),
  pods: record({
    annotations: Texts,
    labels: Texts,
    nodeSelector: Texts,
    tolerations: Maps,
    affinity: Map,
    priorityClassName: Word,
    spreadOver: z.array(Word),
    user: z.int('a user id').min(1),
    startupAttempts: z.int('a number').min(10).max(PROBE_SECONDS_MAX),
  })
    .partial()
    .optional(),
  service: record({ type: ServiceType, port: Port, annotations: Texts, sourceRanges: z.array(Word) })
    .partial()
    .optional(),
  networkPolicies: record({
    create: Flag,
    apiFrom: Maps,
    metricsFrom: Maps,
    journalFrom: Maps,
    restrictEgress: Flag,
    egressTo: Maps,
  })
    .partial()
    .optional(),
  admission: record({ create: Flag, breakGlassRole: Flag }).partial().optional(),
  rbac: record({ create: Flag }).partial().optional(),
  monitoring: record({
    serviceMonitor: record({ create: Flag, labels: Texts, interval: Word.regex(/^[0-9]+(ms|s|m)$/) }).partial(),
    rules: record({ create: Flag, labels: Texts }).partial(),
    dashboards: record({ create: Flag, labels: Texts }).partial(),
  })
    .partial()
    .optional(),
  etcd: record({
    mode: z.enum(['external', 'member', 'evaluation']),
    image: Word.min(1),
    peers: Peers,
    clusterState: z.enum(['new', 'existing']),
    tlsSecret: z.union([z.literal(''), ObjectName]),
    storageClass: Word,
    storageSize: Word.regex(/^[0-9]+(Mi|Gi|Ti)$/),
    service: record({ type: ServiceType, annotations: Texts, sourceRanges: z.array(Word) }).partial(),
    resources: Map,
    extraArgs: z.array(Word.regex(/^--/)),
  })
    .partial()
    .optional(),
  redis: record({ bundled: Flag, image: Word.min(1), program: Word.min(1), resources: Map })
    .partial()
    .optional(),
  global: Map.optional().describe('Of Helm itself; not looked at.'),
});

/** Conditions on the length of what follows, which the regular expressions of Helm do not have. */
const LENGTH_AHEAD = /\(\?=\.\{1,(\d+)\}\$\)/;
const NOT_AHEAD = /\(\?![^)]*\)/g;

/** The chart's values.schema.json, as text: the same schema as signalbox.yaml below `topology`. */
export const chartValuesSchema = (): string => {
  const schema = z.toJSONSchema(ChartValues, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      const { pattern } = jsonSchema;
      if (pattern === undefined) return;
      const longest = LENGTH_AHEAD.exec(pattern)?.[1];
      if (longest !== undefined) jsonSchema.maxLength = Number(longest);
      jsonSchema.pattern = pattern.replace(LENGTH_AHEAD, '').replaceAll(NOT_AHEAD, '');
    },
  });
  return `${JSON.stringify({ title: 'values of the chart signalbox', ...schema }, null, 2)}\n`;
};
