import { canonicalJson, decodeDesired } from '#libs/contracts';
import type { Instant, NameDrift, NameTarget, ResourceOrder } from '#libs/domain';
import { describeTarget } from './describe-target.js';
import type { NameLook } from './name-look.js';

/**
 * What differs from what the journal ordered, and who may have done it. A strong name is not given back: its server would
 * refuse what is late of ours, so that whoever wrote has read what is there, and may have had a reason. A higher epoch is
 * a newer run, or a plan that people execute by hand. Pure.
 */
export function driftOf(
  order: ResourceOrder,
  look: NameLook,
  before: NameDrift | undefined,
  at: Instant,
): NameDrift | undefined {
  const found = foundBy(order, look);
  if (found === undefined) return undefined;
  const expected = `${describeTarget(order.value as unknown as NameTarget)} under epoch ${order.epoch}`;
  const isKnown = before?.found === found && before.expected === expected;
  return { expected, found, since: isKnown ? before.since : at, hints: isKnown ? before.hints : hintsOf(look) };
}

function foundBy(order: ResourceOrder, { held }: NameLook): string | undefined {
  // What could not be read is no drift; a stamp that somebody overwrote is.
  if ('isSpreading' in held) return undefined;
  if ('problem' in held) return held.isForeign ? held.problem : undefined;
  if (held.epoch > order.epoch) return undefined;
  const ordered = decodeDesired('name', order.value, order.step);
  const isSame = ordered.ok && canonicalJson(ordered.value) === canonicalJson(held.target);
  if (held.epoch === order.epoch && isSame) return undefined;
  return `${describeTarget(held.target)} under epoch ${held.epoch}`;
}

/** DNS itself does not say who wrote; what stands beside the name may. */
function hintsOf({ owners, servers }: NameLook): string[] {
  const who = [...new Set(owners.map(({ name, at }) => `${name} says at ${at} that the name is theirs`))];
  const serials = [...new Set(servers.flatMap(({ serial }) => serial ?? []))];
  return [
    ...(who.length > 0 ? who : ['nobody says in the zone that the name is theirs']),
    ...(serials.length > 0 ? [`the zone has serial ${serials.join(', ')} since`] : []),
  ];
}
