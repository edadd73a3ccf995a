import type { PreflightCheck } from '#libs/contracts';
import type { ClusterId, SiteId } from '#libs/domain';
import type { WriteFence } from '#libs/topology';
import { pass } from './preflight-check.js';

export interface FencedSite {
  readonly site: SiteId;
  readonly cluster: ClusterId;
  readonly by: WriteFence['by'];
}

/**
 * What a fence cannot do that somebody who prepares a move would count on. No fault: it was chosen in signalbox.yaml, where
 * there is nothing better. Pure.
 */
export const fenceChecks = (sites: readonly FencedSite[], active: SiteId): PreflightCheck[] =>
  sites
    .filter(({ by }) => by === 'message-size')
    .map(({ site, cluster }) =>
      pass(`fence-${site}`, `${cluster} is fenced by message size (fence: weak): ${limitAt(site, active)}`),
    );

const limitAt = (site: SiteId, active: SiteId): string =>
  site === active
    ? 'an emergency closes out everybody, and once replication toward it has started nothing keeps clients from writing there'
    : 'nothing keeps clients from writing there for as long as the mirror may; while it is fenced the mirror is refused as well';
