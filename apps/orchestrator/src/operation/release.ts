import type { ReleaseAnswer, SiteBody } from '#libs/contracts';
import { decide, verdictOf, type GroupEvent } from '#libs/decision';
import type { SiteId } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { recordDecision } from '../group/decision-record.js';
import { commands } from './commands.js';
import { actorOf, type Occasion, type Operation } from './operation.js';
import { knownSite } from './refusals.js';

/** Ends a quarantine on a person's word that the site was rebuilt by hand. */
export const release =
  ({ site: named, reason }: SiteBody): Operation<ReleaseAnswer> =>
  (occasion) => {
    const { group, view, at } = occasion;
    const site = knownSite(group, named);
    assertReleasable(site, occasion);
    const event: GroupEvent = { kind: 'released', at, site };
    const decision = decide(view.state, event, group.settings);
    if (site in decision.state.returning || decision.state.knownAs?.[site] !== undefined) {
      const message = `${site} cannot be released while ${group.id} is ${view.state.phase}.`;
      throw notReleased(message, `See what is asked: ${commands.explain(group.id)}`);
    }
    const said = { site, reason, was: { ...view.state.returning[site]?.stranded, ranges: null } };
    return {
      answer: { group: group.id, site, next: [commands.preflight(group.id)] },
      write: (transaction) =>
        recordDecision(transaction, view, event, decision, {
          actor: actorOf(occasion),
          settings: group.settings,
          said,
        }),
    };
  };

function assertReleasable(site: SiteId, { group, view, evidence }: Occasion): void {
  const { state } = view;
  if (state.phase === 'running') {
    const message = `${state.kind} ${state.run} is under way.`;
    throw notReleased(message, `Follow it: ${commands.run(state.run)}`);
  }
  if (!(site in state.returning) && !isReborn(site, group, evidence)) {
    const returning = Object.keys(state.returning).join(', ') || 'no site';
    throw notReleased(`${site} is not on its way back; ${returning} is.`, 'There is nothing to release.');
  }
  if (!evidence.guards[site]?.leaseHeld) {
    const message = `The site-guard of ${site} does not answer: nobody would keep ${site} from taking writes.`;
    throw notReleased(message, `Start the site-guard of ${site}; then: ${commands.release(group.id, site)}`);
  }
}

/** Kafka there is another cluster than it was, and a person takes it as it is now. */
const isReborn = (site: SiteId, { settings }: Occasion['group'], evidence: Occasion['evidence']): boolean =>
  verdictOf(evidence, settings.shape, site)?.kind === 'reborn-empty';

const notReleased = (message: string, remedy: string) => new ApiError(409, 'SB_NOT_RELEASABLE', message, remedy);
