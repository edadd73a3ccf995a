import type { GroupId, SiteId } from '#libs/domain';
import { findGroup, flowBetween, type DnsTraffic, type Topology } from '#libs/topology';

/** One thing that will be another: a name, a client's setting, a flow. */
export interface Difference {
  readonly of: string;
  readonly before: string;
  readonly after: string;
}

/**
 * What a move changes outside of Kafka, by what signalbox.yaml says of both sites. Pure. `from` and `to` are sites of the
 * group; a kind of run that changes neither names nor settings has no use for this.
 */
export function changesOf(topology: Topology, group: GroupId, from: SiteId, to: SiteId): readonly Difference[] {
  const moved = findGroup(topology, group);
  return [
    ...moved.traffic.map((traffic) => ({
      of: `DNS ${traffic.name}`,
      before: targetText(traffic, from),
      after: targetText(traffic, to),
    })),
    ...moved.configs.flatMap(({ id, data }) => settingsOf(id, data[from] ?? {}, data[to] ?? {})),
    ...flowChanges(topology, group, from, to),
  ];
}

function targetText({ addresses, canonicalNames, services, aliases }: DnsTraffic, site: SiteId): string {
  const targets = [
    ...(addresses?.[site] ?? []),
    canonicalNames?.[site],
    ...(services?.[site] ?? []).map(({ host, port }) => `${host}:${port}`),
    aliases?.[site]?.aliasOf,
  ].filter((target) => target !== undefined);
  return targets.join(', ') || 'nothing';
}

type Settings = Readonly<Record<string, string>>;

function settingsOf(config: string, before: Settings, after: Settings): readonly Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => ({
      of: `config ${config} ${name}`,
      before: before[name] ?? 'not set',
      after: after[name] ?? 'not set',
    }));
}

function flowChanges(topology: Topology, group: GroupId, from: SiteId, to: SiteId): readonly Difference[] {
  const flow = flowBetween(topology, findGroup(topology, group), from, to);
  return flow ? [{ of: `MirrorMaker 2 ${flow.id}`, before: 'running', after: 'stopped' }] : [];
}
