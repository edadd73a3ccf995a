import type { ClusterId, Opinion, SiteId, SiteVoice, Vote } from '#libs/domain';

/** From the most to the least reassuring: one process that sees the cluster outweighs those that do not. */
const REASSURING: readonly Opinion[] = ['up', 'degraded', 'suspect', 'down'];

/**
 * Votes are counted per site, not per process: a site says `down` only if all its non-abstaining processes do.
 * Votes are fresh by construction, since each lives under its process's lease.
 */
export function voiceOf(site: SiteId, votes: readonly Vote[]): SiteVoice {
  const own = votes.filter((vote) => vote.site === site);
  const speaking = own.filter((vote) => vote.opinion !== 'abstain');
  const opinion = REASSURING.find((candidate) => speaking.some((vote) => vote.opinion === candidate));
  const counted = speaking.flatMap(({ goodRounds }) => goodRounds ?? []);
  const names = new Set(speaking.filter(reaches).flatMap(({ kafkaClusterId }) => kafkaClusterId ?? []));
  const [rebornBecause] = speaking.filter(reaches).flatMap((vote) => vote.rebornBecause ?? []);
  const silence = own.length > 0 ? 'abstain' : 'silent';
  return {
    site,
    opinion: opinion ?? silence,
    failedForMs: speaking.length > 0 ? Math.min(...speaking.map((vote) => vote.failedForMs)) : 0,
    healthyForMs: Math.max(0, ...speaking.map((vote) => vote.healthyForMs)),
    ...(counted.length > 0 && { goodRounds: Math.max(...counted) }),
    reasons: own.map((vote) => vote.reason),
    ...(names.size === 1 && { kafkaClusterId: [...names].join() }),
    ...(rebornBecause !== undefined && { rebornBecause }),
  };
}

/** Whoever does not reach a cluster only knows what it was. */
const reaches = ({ opinion }: Vote): boolean => opinion === 'up' || opinion === 'degraded';

/** Every site's voice on one cluster, in the order of `sites`. */
export const voicesOn = (cluster: ClusterId, sites: readonly SiteId[], votes: readonly Vote[]): SiteVoice[] =>
  sites.map((site) =>
    voiceOf(
      site,
      votes.filter((vote) => vote.cluster === cluster),
    ),
  );
