import { rename, writeFile } from 'node:fs/promises';
import { configFileText } from '../../../apps/config-switcher/src/config-file.js';
import { DirectoryConfig } from '../../../apps/config-switcher/src/directory.config.js';
import { isRfc2136, keyedName } from '../../../apps/dns-switcher/src/name-providers.js';
import { providedName } from '../../../apps/dns-switcher/src/name-records.js';
import type { SeenName } from '../../../apps/dns-switcher/src/name-change.js';
import { NameServer, type UpdateAnswer } from '../../../apps/dns-switcher/src/name-server.js';
import { Rfc2136NameProvider } from '../../../apps/dns-switcher/src/rfc2136.name-provider.js';
import { stampText } from '../../../apps/dns-switcher/src/stamp.js';
import type { Update } from '../../../apps/dns-switcher/src/update-message.js';
import { mirrors } from '../../../apps/mirror-switcher/src/mirrors.js';
import { openFlows } from '../../../apps/mirror-switcher/src/open-flows.js';
import { planAccess } from '../../../apps/site-guard/src/fence/acl-plan.js';
import { AclWriteAccess } from '../../../apps/site-guard/src/fence/acl.write-access.js';
import { WriteProbe } from '../../../apps/site-guard/src/fence/write-probe.js';
import {
  resourceKey,
  type ConfigData,
  type Epoch,
  type FencedResource,
  type ResourceRef,
  type Stamped,
  type WriteAccess,
} from '#libs/domain';
import { accessTo, openCluster } from '#libs/kafka';
import { type Clock, type Random } from '#libs/runtime';
import { clusterOf, flowsOf, hostAndPort, type DnsTraffic, type Group, type Topology } from '#libs/topology';

/** A resource as the worker that holds its key has it. */
export interface Held {
  readonly resource: FencedResource<unknown>;
  /** What the resource itself said to the last write; undefined where nobody asked it. */
  answered(): 'refused' | undefined;
  /** What a worker would hold that had seen nothing newer than its own epoch; absent where no resource could refuse it. */
  readonly believing?: (now: Stamped<unknown>, stale: Epoch) => Stamped<unknown>;
  /** The write itself, as it comes after the comparison; absent where the resource compares. */
  readonly writeCompared?: (next: unknown, epoch: Epoch, signal: AbortSignal) => Promise<void>;
}

/** Everything that a run of the group can change, by resource key, with the workers' own adapters and keys. */
export async function heldResources(
  topology: Topology,
  group: Group,
  clock: Clock,
  random: Random,
): Promise<ReadonlyMap<string, Held>> {
  const names = group.traffic.map(async (traffic) => heldName(group, traffic, topology, clock, random));
  const accesses = group.sites.map(async (site) => heldAccess(topology, group, site, clock, random));
  const flows = group.sites.map(async (site) => heldFlows(topology, site, clock));
  const configs = group.configs.flatMap(({ id, target }) =>
    Object.entries(target.kind === 'directory' ? target.files : {}).map(([site, file]) =>
      heldConfig({ id, site, file }, clock, random),
    ),
  );
  const all = [...(await Promise.all([...names, ...accesses])), ...(await Promise.all(flows)).flat(), ...configs];
  return new Map(all);
}

type Named = readonly [key: string, held: Held];

/** A weak resource cannot refuse: what does is the adapter's own comparison. */
const weak = (
  ref: ResourceRef,
  resource: FencedResource<unknown>,
  writeCompared: NonNullable<Held['writeCompared']>,
): Named => [resourceKey(ref), { resource, answered: () => undefined, writeCompared }];

const heldConfig = (
  { id, site, file }: { readonly id: string; readonly site: string; readonly file: string },
  clock: Clock,
  random: Random,
): Named =>
  weak({ kind: 'config', config: id, site }, new DirectoryConfig(file, clock, random), async (next, epoch) => {
    const replacement = `${file}.late`;
    await writeFile(replacement, configFileText(next as ConfigData, epoch), { mode: 0o644 });
    await rename(replacement, file);
  });

/** Keeps what the server said, to tell a refusal of the server's from one of ours. */
class NotingNameServer extends NameServer {
  lastAnswer: UpdateAnswer | undefined;

  override async update(update: Update, signal: AbortSignal): Promise<UpdateAnswer> {
    this.lastAnswer = undefined;
    this.lastAnswer = await super.update(update, signal);
    return this.lastAnswer;
  }
}

async function heldName(
  { id: group }: Group,
  traffic: DnsTraffic,
  { policy, installation }: Topology,
  clock: Clock,
  random: Random,
): Promise<Named> {
  const named = await keyedName({ installation, group }, traffic);
  if (!isRfc2136(named)) throw new TypeError(`${traffic.name} is kept by no server of the lab`);
  const { zone, name, provider: at } = named.traffic;
  const primary = new NotingNameServer(hostAndPort(at.primary), clock, random, named.key);
  const provider = new Rfc2136NameProvider(zone, { primary, secondaries: [] });
  const kept = { provider, shape: {}, callTimeoutMs: policy.requestTimeoutMs };
  const resource = providedName(named, kept, policy, clock);
  const answered = () => (primary.lastAnswer === 'prerequisite-failed' ? 'refused' : undefined);
  return [resourceKey({ kind: 'name', name }), { resource, answered, believing: stampedBefore }];
}

/** The records as they are now, under a stamp that no newer run has touched. */
const stampedBefore = (now: Stamped<unknown>, stale: Epoch): Stamped<unknown> => {
  if (now.epoch <= stale) return now;
  const seen = JSON.parse(now.version) as SeenName;
  const stamp = { ...seen.stamp, epoch: stale };
  const stampSet = seen.stampSet && { ...seen.stampSet, values: [stampText(stamp)] };
  return { ...now, epoch: stale, version: JSON.stringify({ ...seen, stamp, stampSet }) };
};

async function heldAccess(
  topology: Topology,
  group: Group,
  site: Group['sites'][number],
  clock: Clock,
  random: Random,
): Promise<Named> {
  const cluster = clusterOf(topology, group, site);
  const kafka = openCluster(await accessTo(cluster, 'control', topology.policy.requestTimeoutMs));
  const probe = new WriteProbe(kafka.log, random);
  const scope = {
    group: group.id,
    topics: group.topics,
    probeTopic: `signalbox.probe.${group.id}`,
    inbound: flowsOf(topology, group)
      .filter(({ target }) => target === cluster.id)
      .map(({ principal }) => principal),
    self: `User:${cluster.sasl?.username ?? ''}`,
    openByDefault: cluster.openByDefault,
  };
  const resource = new AclWriteAccess({ scope, rules: kafka.rules, probes: { clients: probe, control: probe }, clock });
  return weak({ kind: 'write-access', group: group.id, site }, resource, async (next, epoch) => {
    const { add, remove } = planAccess(scope, next as WriteAccess, epoch, await kafka.rules.list());
    await kafka.rules.add(add);
    await kafka.rules.remove(remove);
  });
}

async function heldFlows(topology: Topology, site: Group['sites'][number], clock: Clock): Promise<Named[]> {
  const flows = await openFlows(site, topology, clock);
  const resolve = mirrors(flows, topology.policy.requestTimeoutMs, clock);
  return flows.flatMap(({ flow }) => {
    const ref = { kind: 'mirror', flow: flow.id } as const;
    const resource = resolve(ref);
    if (!resource) return [];
    // Its comparison is of what it is given: that nothing was stamped since.
    const writeCompared: Held['writeCompared'] = async (next, epoch, signal) => {
      await resource.write({ ...(await resource.read(signal)), epoch }, next, epoch, signal);
    };
    return [weak(ref, resource, writeCompared)];
  });
}
