import type { ConfigData, Step } from '#libs/domain';
import { fileAt, findGroup, renderedData, type Config, type KubernetesTarget } from '#libs/topology';
import { quoted, type ByHand } from './by-hand.js';

/** What clients at a site read, set by hand, and what takes it back. */
export function configLines(
  { desired }: Step,
  { config: id, site }: { readonly config: string; readonly site: string },
  byHand: ByHand,
): readonly string[] {
  const { plan, topology } = byHand;
  const config = findGroup(topology, plan.group).configs.find((each) => each.id === id);
  const lines = config && (fileLines(config, site, byHand) ?? kubectlLines(config, site, byHand));
  if (lines === undefined) return [`# ${id} has no file and no targets at ${site} in this topology`];
  const before = new Map(Object.entries(config?.data ?? {})).get(plan.from);
  return [
    ...lines(desired as ConfigData),
    ...(before ? lines(before).map((line) => `# to take it back: ${line}`) : []),
  ];
}

type Lines = (data: ConfigData) => readonly string[];

/** The file is Signalbox's own, as a whole; it keeps its owner and mode. */
function fileLines(config: Config, site: string, { stamp }: ByHand): Lines | undefined {
  const found = fileAt(config, site);
  if (found === undefined) return undefined;
  const [file, draft] = [quoted(found), quoted(`${found}.by-hand`)];
  return (data) => [
    `{ cp -p ${file} ${draft} || [ ! -e ${file} ]; } && printf '%s\\n' ${quoted(JSON.stringify({ epoch: stamp, data }))} > ${draft} && mv ${draft} ${file}`,
  ];
}

function kubectlLines(config: Config, site: string, { plan, stamp }: ByHand): Lines | undefined {
  const { id, target } = config;
  const here = target.kind === 'kubernetes' ? new Map(Object.entries(target.sites)).get(site) : undefined;
  const stamps = { epoch: String(stamp), group: plan.group };
  return (
    here &&
    ((data) => {
      const write = `by-hand.${stamp}.${id}-${data === config.data[plan.from] ? plan.from : plan.to}`;
      return here.targets.flatMap((each) => [patchLine(each, data, { ...stamps, write }), ...restartLines(each)]);
    })
  );
}

/** Epoch and write stamp go with the data: the admission policies refuse it otherwise. */
function patchLine(target: KubernetesTarget, data: ConfigData, stamps: Readonly<Record<string, string>>): string {
  const { object, namespace, name } = target;
  const annotations = Object.fromEntries(Object.entries(stamps).map(([each, text]) => [`signalbox.io/${each}`, text]));
  const patch = { metadata: { annotations }, [object === 'Secret' ? 'stringData' : 'data']: texts(target, data) };
  const line = `kubectl -n ${namespace} patch ${object.toLowerCase()} ${name} --type merge -p`;
  return `${line} ${quoted(JSON.stringify(patch))}`;
}

const texts = ({ keys }: KubernetesTarget, data: ConfigData): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(keys).map(([key, rendering]) => [key, renderedData(rendering, data)]));

const restartLines = ({ restart, namespace, workloads }: KubernetesTarget): readonly string[] =>
  restart === 'watch-file'
    ? []
    : workloads.map(({ kind, name }) =>
        kind === 'Rollout'
          ? `kubectl argo rollouts -n ${namespace} restart ${name}`
          : `kubectl -n ${namespace} rollout restart ${kind.toLowerCase()} ${name} && kubectl -n ${namespace} rollout status ${kind.toLowerCase()} ${name}`,
      );
