import { siteId, type RunId, type SiteId } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import type { KnownGroup } from '../group/group-directory.js';
import { hasRun, type RunningView } from '../run/run-driver.js';
import { commands } from './commands.js';
import type { Occasion } from './operation.js';

/** A site of the group. @throws ApiError 404 that names the sites there are. */
export function knownSite({ id, settings }: KnownGroup, site: string): SiteId {
  if (settings.shape.sites.includes(siteId(site))) return siteId(site);
  const sites = settings.shape.sites.join(', ');
  throw new ApiError(404, 'SB_UNKNOWN_SITE', `${id} has no site ${site}.`, `Its sites are: ${sites}`);
}

/** @throws ApiError 409 while nothing may be decided before a rescue */
export function assertNotOnHold({ group: { id }, view: { hold, state } }: Occasion): void {
  if (hold === undefined) return;
  const message = `${id} is on hold: ${hold}.`;
  const remedy = `See what its resources hold, and say which site serves: ${commands.rescue(id, state.active)}`;
  throw new ApiError(409, 'SB_ON_HOLD', message, remedy);
}

/** The view with its open run, which must be `run` where one is named. @throws ApiError 409 */
export function openRun({ view, group }: Occasion, run?: RunId): RunningView {
  if (hasRun(view) && (run === undefined || view.run.value.id === run)) return view;
  if (view.state.phase === 'awaiting-approval') {
    const { approval, kind } = view.state;
    const message = `No run of ${group.id} is open; approval ${approval} for a ${kind} is.`;
    throw new ApiError(409, 'SB_NO_OPEN_RUN', message, `Deny it: ${commands.deny(approval)}`);
  }
  const message = run === undefined ? `No run of ${group.id} is open.` : `Run ${run} is closed.`;
  throw new ApiError(409, 'SB_NO_OPEN_RUN', message, `See what the group does: ${commands.explain(group.id)}`);
}
