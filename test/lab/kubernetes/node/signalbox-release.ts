import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '#libs/topology';
import { parse } from 'yaml';
import { ROOT } from '../../../architecture/checkout.js';
import { signalboxAt } from '../../app.js';
import { HELM } from '../../cache.js';
import { CONFIG_ID } from '../../client-config.js';
import { LabError } from '../../lab-error.js';
import { type KafkaSite, kafkaSiteNamed, type Layout, PORTS } from '../../layout.js';
import type { RunDirectory } from '../../run-directory.js';
import { type Amend, configFile } from '../../topology-file.js';
import { runCommand } from '../command.js';
import type { ControlPlane } from '../control-plane.js';
import { define, list } from '../definitions.js';
import { rolledOut } from '../rollout.js';
import { strimziDefinitions } from '../strimzi-definitions.js';
import { mirrorObjects, STRIMZI_STEP_TIMEOUT_MS, strimziDriver } from '../strimzi-mirrors.js';
import { CLIENTS_NAMESPACE, CLIENTS_TARGET, clientsRelease } from './clients-release.js';
import { SIGNALBOX_IMAGE } from './images.js';
import type { KubernetesSite } from './kubernetes-site.js';
import { MIRRORS_NAMESPACE } from './stand-ins-part.js';

const NAMESPACE = 'signalbox';
const SECRET = 'lab-secrets';
const ROLLED_OUT_WITHIN_MS = 600_000;

/** Two API servers, kubelets and their pods share the lab's two cores with Kafka: a third of the pace that processes alone keep. */
const PACE: Partial<Policy> = {
  stepTimeoutMs: STRIMZI_STEP_TIMEOUT_MS,
  roundMs: 1_500,
  probeTimeoutMs: 1_200,
  dwellShortMs: 6_000,
  dwellLongMs: 12_000,
  // 1.1 × selfFenceMs + fenceMarginMs is over before the long dwell is.
  selfFenceMs: 8_000,
  guardRenewMs: 1_500,
  fenceMarginMs: 2_000,
  sealTimeoutMs: 3_000,
  armProofMaxAgeMs: 30_000,
  reassertMs: 3_000,
  voteTtlMs: 6_000,
  leaderTtlMs: 8_000,
  pollMs: 1_500,
  requestTimeoutMs: 3_000,
  eventLoopLagMaxMs: 1_500,
  leaderLagMaxMs: 4_000,
};

/** What is otherwise in signalbox.yaml where the workers of sites A and B are pods, and Strimzi runs the mirrors. */
export const onKubernetes: Amend = (document) => {
  for (const site of document.sites) delete site.fenceCommand; // A pod changes no firewall.
  document.channels = [{ id: 'log', kind: 'log', minSeverity: 'warning' }];
  document.policy = { ...document.policy, ...PACE };
  for (const flow of document.flows ?? []) {
    const site = (id: string) => kafkaSiteNamed(document.clusters.find((each) => each.id === id)?.site ?? id);
    const connect = document.clusters.find(({ id }) => id === flow.target)?.connect ?? '';
    flow.driver = { ...strimziDriver(site(flow.source), site(flow.target)), namespace: MIRRORS_NAMESPACE, connect };
  }
  const objects = { targets: [CLIENTS_TARGET] };
  for (const { configs } of document.groups ?? []) {
    for (const config of configs ?? []) {
      if (config.id === CONFIG_ID) config.target = { kind: 'kubernetes', sites: { a: objects, b: objects } };
    }
  }
};

/** Before Signalbox is there: the clients with their mapping, and the mirror that ends at this site. */
export async function installOthers(
  { plane }: KubernetesSite,
  site: KafkaSite,
  layout: Layout,
  run: RunDirectory,
): Promise<void> {
  for (const namespace of [CLIENTS_NAMESPACE, MIRRORS_NAMESPACE]) await plane.must(['create', 'namespace', namespace]);
  await define(plane, strimziDefinitions('both', ['kafkamirrormaker2s', 'kafkaconnectors']));
  const mirror = mirrorObjects({ layout, run, namespace: MIRRORS_NAMESPACE }, site === 'a' ? 'b' : 'a', site);
  await plane.must(['create', '--validate=strict', '--filename', '-'], {
    input: list([...clientsRelease(layout), ...mirror]),
  });
}

/** Installs the chart at a site as anybody would, with what the lab's signalbox.yaml says, and waits until every process answers. */
export async function install({ plane }: KubernetesSite, site: KafkaSite, run: RunDirectory): Promise<void> {
  await plane.must(['create', 'namespace', NAMESPACE]);
  const secrets = run.file('secrets');
  await plane.must(['create', 'secret', 'generic', SECRET, '--namespace', NAMESPACE, `--from-file=${secrets}`]);
  const topology = parse(readFileSync(run.file(configFile), 'utf8')) as unknown;
  const [repository, tag] = SIGNALBOX_IMAGE.split(':');
  const values = {
    site,
    topology,
    secretFolders: { [secrets]: SECRET },
    image: { repository, tag },
    etcd: { mode: 'external' },
    apps: Object.fromEntries(signalboxAt(site).map((app) => [app, { replicas: 1 }])),
    pods: { startupAttempts: 300 },
    service: { type: 'NodePort' },
  };
  await helm(plane, ['install'], values);
  await pinNodePort(plane, PORTS.orchestrator);
  await untilRolledOut({ plane });
}

/** An upgrade with a changed value that every Deployment has in its pod template; returns when helm does. */
export const replaceEveryPod = ({ plane }: Pick<KubernetesSite, 'plane'>): Promise<void> =>
  helm(plane, ['upgrade', '--reuse-values'], { pods: { annotations: { replaced: 'yes' } } });

/** Every Deployment has only pods as it is now, and they are ready. */
export async function untilRolledOut({ plane }: Pick<KubernetesSite, 'plane'>): Promise<void> {
  for (const app of signalboxAt(plane.site)) {
    await rolledOut(plane, NAMESPACE, `signalbox-${app}`, ROLLED_OUT_WITHIN_MS);
  }
}

async function helm(plane: ControlPlane, [verb = '', ...flags]: readonly string[], values: object): Promise<void> {
  const chart = ['signalbox', join(ROOT, 'helm/signalbox'), '--namespace', NAMESPACE, '--values', '-'];
  const { code, stderr } = await runCommand(HELM.helm4, [verb, ...chart, ...flags], {
    env: plane.environment,
    input: JSON.stringify(values),
  });
  if (code !== 0) throw new LabError(`helm ${verb} at site ${plane.site}: ${stderr}`);
}

/** The API is reached at the address and port where every other lab has it. */
async function pinNodePort(plane: ControlPlane, port: number): Promise<void> {
  const patch = JSON.stringify([{ op: 'replace', path: '/spec/ports/0/nodePort', value: port }]);
  const service = ['patch', 'service', 'signalbox-orchestrator', '--namespace', NAMESPACE];
  await plane.must([...service, '--type', 'json', '--patch', patch]);
}
