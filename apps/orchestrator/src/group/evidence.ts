import {
  verdictOn,
  voicesOn,
  type Evidence,
  type ForeignName,
  type GroupState,
  type Neighbours,
  type Settings,
} from '#libs/decision';
import {
  clusterId,
  NEVER_STAMPED,
  siteId,
  type ClusterId,
  type FlowLag,
  type SiteId,
  type Verdict,
  type Vote,
} from '#libs/domain';
import type { GroupView } from './group-view.js';

/**
 * The verdict on every cluster of a group, from whatever votes are given: the journal's, or a local view's, which does
 * not know what the clusters are known as. Pure.
 */
export function verdictsOf(
  votes: readonly Vote[],
  voters: readonly SiteId[],
  { shape, policy }: Settings,
  knownAs: GroupState['knownAs'] = {},
): Verdict[] {
  return shape.sites.map((site) => {
    const cluster = clusterId(shape.clusters[site] ?? '');
    return verdictOn(cluster, site, voicesOn(cluster, voters, votes), policy, knownAs[site]);
  });
}

/** Everything the decision looks at, from one view of the journal. Pure. */
export function evidenceOf(view: GroupView, voters: readonly SiteId[], settings: Settings): Evidence {
  const votes = view.votes.map(({ value }) => value);
  const foreign = foreignNames(view, settings);
  return {
    verdicts: verdictsOf(votes, voters, settings, view.state.knownAs),
    lag: lagsIn(votes, settings),
    guards: Object.fromEntries(
      Object.entries(view.guards).map(([site, { record, leaseHeld }]) => [siteId(site), { record, leaseHeld }]),
    ),
    overrides: view.overrides,
    attestations: view.attestations,
    neighbours: neighboursOf(view),
    ...(view.freeze && { freeze: view.freeze }),
    ...(foreign.length > 0 && { foreignNames: foreign }),
  };
}

/** By what dns-switchers saw: once a name carries a stamp of ours, another owner is told and not obeyed. */
function foreignNames({ names }: GroupView, { shape }: Settings): readonly ForeignName[] {
  return shape.names.flatMap(({ name }) => {
    const unstamped = names.filter(({ value }) => value.name === name && value.epoch === NEVER_STAMPED);
    const owners = unstamped.flatMap(({ value }) => value.owners).filter(({ isAdopted }) => !isAdopted);
    return owners.length > 0 ? [{ name, owners: [...new Set(owners.map((owner) => owner.name))] }] : [];
  });
}

/** Without the entries they were read from. */
function neighboursOf({ neighbours: { siteEvent, turns, alone, inLine } }: GroupView): Neighbours {
  return { turns, alone, inLine, ...(siteEvent && { siteEvent }) };
}

/** How far replication out of each cluster of the group is behind. Pure. */
export const lagsIn = (votes: readonly Vote[], { shape }: Settings): Evidence['lag'] =>
  Object.fromEntries(Object.values(shape.clusters).map((id) => [id, lagFrom(clusterId(id), votes)]));

/** The freshest sample of the flow out of `source`, among the vantages that measure it. */
function lagFrom(source: ClusterId, votes: readonly Vote[]): FlowLag | undefined {
  const samples = votes.filter((vote) => vote.cluster === source).flatMap((vote) => vote.flows);
  return samples.toSorted((a, b) => a.sampleAgeMs - b.sampleAgeMs)[0];
}
