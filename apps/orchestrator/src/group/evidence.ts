import { verdictOn, voicesOn, type Evidence, type Settings } from '#libs/decision';
import { clusterId, siteId, type ClusterId, type FlowLag, type SiteId, type Verdict, type Vote } from '#libs/domain';
import type { GroupView } from './group-view.js';

/** The verdict on every cluster of a group, from whatever votes are given: the journal's, or a local view's. Pure. */
export function verdictsOf(votes: readonly Vote[], voters: readonly SiteId[], { shape, policy }: Settings): Verdict[] {
  return shape.sites.map((site) => {
    const cluster = clusterId(shape.clusters[site] ?? '');
    return verdictOn(cluster, site, voicesOn(cluster, voters, votes), policy);
  });
}

/** Everything the decision looks at, from one view of the journal. Pure. */
export function evidenceOf(view: GroupView, voters: readonly SiteId[], settings: Settings): Evidence {
  const votes = view.votes.map(({ value }) => value);
  return {
    verdicts: verdictsOf(votes, voters, settings),
    lag: Object.fromEntries(Object.values(settings.shape.clusters).map((id) => [id, lagFrom(clusterId(id), votes)])),
    guards: Object.fromEntries(
      Object.entries(view.guards).map(([site, { record, leaseHeld }]) => [siteId(site), { record, leaseHeld }]),
    ),
    overrides: view.overrides,
    attestations: view.attestations,
    ...(view.freeze && { freeze: view.freeze }),
  };
}

/** The freshest sample of the flow out of `source`, among the vantages that measure it. */
function lagFrom(source: ClusterId, votes: readonly Vote[]): FlowLag | undefined {
  const samples = votes.filter((vote) => vote.cluster === source).flatMap((vote) => vote.flows);
  return samples.toSorted((a, b) => a.sampleAgeMs - b.sampleAgeMs)[0];
}
