import type { PreflightCheck } from '#libs/contracts';
import type { SiteId } from '#libs/domain';
import type { Flow } from '#libs/topology';
import { fail, pass } from './preflight-check.js';

/** A flow of the group, and the sites between which it copies. */
export interface ReadiedFlow extends Pick<Flow, 'id' | 'policy'> {
  readonly driver: Pick<Flow['driver'], 'kind'>;
  readonly from: SiteId;
  readonly to: SiteId;
}

/** What moves of the group's traffic cannot do because of how its mirrors run and name things. Pure. */
export const mirrorChecks = (flows: readonly ReadiedFlow[], active: SiteId): PreflightCheck[] =>
  flows.flatMap((flow) => [...names(flow, active), ...wayBack(flow, active)]);

/** Signalbox cannot see which names clients read, so whoever prepares a move is told. */
const names = ({ id, policy, to, from }: ReadiedFlow, active: SiteId): PreflightCheck[] =>
  policy === 'identity' || from !== active
    ? []
    : [
        pass(
          `names-${id}`,
          `${id} renames its copies: at ${to}, consumers have to read the copies and the topics themselves, and a late ` +
            'record of a lost site can still come into a copy, where it stands behind nothing newer',
        ),
      ];

/** Back from the other site it would have to go on from the watermark, unless the names tell what came from where. */
function wayBack({ id, driver, policy, from, to }: ReadiedFlow, active: SiteId): PreflightCheck[] {
  if (driver.kind !== 'dedicated') return [];
  const measured = fail(
    `lag-unseen-${id}`,
    `${id} is run by a MirrorMaker 2 of its own: nobody measures how far it is behind, so nothing moves by itself`,
    'Run this direction on Connect or by Strimzi, or move by request and look at the positions before.',
  );
  if (from === active) return [measured];
  if (policy === 'default') return [];
  return [
    fail(
      `way-back-${id}`,
      `${id} is run by a MirrorMaker 2 of its own, which nobody can tell from where to go on: once ${from} serves, what it ` +
        `had from ${to} would be copied back`,
      `Run this direction on Connect or by Strimzi. Else rebuild ${to} by hand after a move, and release it.`,
    ),
  ];
}
