import { epoch } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import type { KubernetesConfig } from '../../apps/config-switcher/src/kubernetes/kubernetes.config.js';
import { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { A, B } from '../support/kubernetes/clients-on-kubernetes.js';
import { accessBy, configMap, deployment, switched } from '../support/kubernetes/installed-clients.js';
import { KubeletStandIn } from '../support/kubernetes/kubelet-stand-in.js';
import { BenchError } from './bench-error.js';
import { spreadOf } from './spread.js';

const NAMESPACE = 'bench';
const ROLLED_WITHIN_MS = 600_000;
/**
 * kubectl marks a restart by the second, and refuses a second one within it. Before either of the two, since the controllers
 * save up requests while they rest (20 a second): whoever comes first after a rest would be 20 pods ahead.
 */
const REST_MS = 1_100;
const clock = new SystemClock();

/** The write of a ConfigMap until every pod is verified, beside kubectl's restart of the same pods. In milliseconds. */
export interface RolloutReport {
  readonly figures: {
    /** The worst of all numbers of pods. */
    readonly ratioToKubectl: number;
    readonly ratioByPods: Readonly<Record<string, number>>;
    /** Medians. */
    readonly signalboxMs: Readonly<Record<string, number>>;
    readonly kubectlMs: Readonly<Record<string, number>>;
  };
  readonly samples: Readonly<
    Record<string, { readonly signalbox: readonly number[]; readonly kubectl: readonly number[] }>
  >;
}

/** On a real API server with its real controllers; pods run by a stand-in of a kubelet, which makes each of them ready at once. */
export async function benchRollout(
  counts: readonly number[],
  pairs: number,
  say: (line: string) => void,
): Promise<RolloutReport> {
  const plane = await ControlPlane.start({ say });
  const access = await accessBy(plane.kubeconfig);
  try {
    await plane.must(['create', 'namespace', NAMESPACE]);
    const kubelet = await KubeletStandIn.start(access, NAMESPACE);
    const samples: Record<string, { signalbox: number[]; kubectl: number[] }> = {};
    try {
      for (const pods of counts) samples[pods] = await measured(plane, pods, pairs, say);
    } finally {
      await kubelet.stop();
    }
    return reportOf(samples);
  } finally {
    await access.dispatcher.destroy();
    await plane.stop();
  }
}

/** In turn, so that both see the same machine; the first pair warms up and does not count. */
async function measured(plane: ControlPlane, pods: number, pairs: number, say: (line: string) => void) {
  const [map, name] = [`clients-${pods}`, `consumer-${pods}`];
  const input = [configMap(NAMESPACE, map, A), deployment(NAMESPACE, name, map, pods)]
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
  await plane.must(['apply', '--filename', '-'], { input });
  await settled(plane, name);
  const workloads = [{ kind: 'Deployment', name }];
  const config = switched({
    kubeconfig: plane.kubeconfig,
    namespace: NAMESPACE,
    map,
    workloads,
    restart: 'annotation',
  });
  const found = { signalbox: [] as number[], kubectl: [] as number[] };
  try {
    for (let pair = 0; pair <= pairs; pair += 1) {
      await clock.sleep(REST_MS);
      const signalbox = await timed(() => switchOnce(config, pair));
      await clock.sleep(REST_MS);
      const kubectl = await timed(() => restartOnce(plane, name));
      say(`${pods} pods, pair ${pair} of ${pairs}: ${signalbox} ms by Signalbox, ${kubectl} ms by kubectl`);
      if (pair === 0) continue;
      found.signalbox.push(signalbox);
      found.kubectl.push(kubectl);
    }
  } finally {
    await config.close();
  }
  return found;
}

async function switchOnce(config: KubernetesConfig, pair: number): Promise<void> {
  const value = pair % 2 ? A : B;
  const limit = AbortSignal.timeout(ROLLED_WITHIN_MS);
  const outcome = await config.write(await config.read(limit), value, epoch(pair + 1), limit);
  const { holds, exception } = await config.verify(value, limit);
  if (outcome !== 'written' || !holds || exception) throw new BenchError(`${outcome}, ${exception ?? 'not held'}`);
}

async function restartOnce(plane: ControlPlane, name: string): Promise<void> {
  await plane.must(['rollout', 'restart', `deployment/${name}`, '--namespace', NAMESPACE]);
  await settled(plane, name);
}

/** Asked again where kubectl gives up before the pods do: a hundred of them take the controllers minutes. */
async function settled(plane: ControlPlane, name: string): Promise<void> {
  const startedMs = clock.monotonicMs();
  for (;;) {
    const status = ['rollout', 'status', `deployment/${name}`, '--namespace', NAMESPACE, '--timeout', '90s'];
    const { code, stderr } = await plane.kubectl(status);
    if (code === 0) return;
    if (clock.monotonicMs() - startedMs > ROLLED_WITHIN_MS) throw new BenchError(`${name} does not settle: ${stderr}`);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = clock.monotonicMs();
  await work();
  return Math.round(clock.monotonicMs() - startedMs);
}

function reportOf(samples: RolloutReport['samples']): RolloutReport {
  const medians = (of: 'signalbox' | 'kubectl') =>
    Object.fromEntries(Object.entries(samples).map(([pods, each]) => [pods, spreadOf(each[of]).median]));
  const [signalboxMs, kubectlMs] = [medians('signalbox'), medians('kubectl')];
  const ratioByPods = Object.fromEntries(
    Object.keys(samples).map((pods) => [pods, Number(((signalboxMs[pods] ?? 0) / (kubectlMs[pods] ?? 1)).toFixed(2))]),
  );
  const ratioToKubectl = Math.max(...Object.values(ratioByPods));
  return { figures: { ratioToKubectl, ratioByPods, signalboxMs, kubectlMs }, samples };
}

export const rolloutInWords = ({ figures }: RolloutReport): string =>
  Object.keys(figures.ratioByPods)
    .map(
      (pods) =>
        `${pods} pods: ${figures.signalboxMs[pods]} ms to verified, kubectl ${figures.kubectlMs[pods]} ms, ${figures.ratioByPods[pods]} times`,
    )
    .join('\n');
