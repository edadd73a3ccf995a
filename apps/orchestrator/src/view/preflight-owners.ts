import type { PreflightCheck } from '#libs/contracts';
import { resourceKey, type Instant, type ReassertedRecord, type ResourceRef } from '#libs/domain';
import { fail } from './preflight-check.js';

/** Twice may be a person; whoever does it by itself comes back within minutes. */
const TIMES_MIN = 2;
const RECENT_MS = 900_000;

/**
 * Whether somebody else keeps setting what a run has set. Each time it is given back within seconds, but a fence that
 * falls every two minutes is open for these seconds. Told by what happens, so that no owner has to be known by name. What
 * was found and left as it is was not set again, however often it was seen. Pure.
 */
export const ownerChecks = (reasserted: readonly ReassertedRecord[], now: Instant): PreflightCheck[] =>
  reasserted
    .filter(({ times, at, isLeft }) => !isLeft && times >= TIMES_MIN && now - at < RECENT_MS)
    .map(({ resource, times, at, ordered, found }) => {
      const name = resourceKey(resource);
      const last = `last ${Math.round((now - at) / 1_000)} s ago from ${found} to ${ordered}`;
      return fail(
        `owner-${name}`,
        `${name} was set again ${times} times, ${last}: it has another owner`,
        remedyFor(resource),
      );
    });

function remedyFor({ kind }: ResourceRef): string {
  switch (kind) {
    case 'write-access':
      return (
        "Find out who removes or adds ACLs. Strimzi's User Operator removes those of users without a KafkaUser every two " +
        'minutes: let STRIMZI_IGNORED_USERS_PATTERN cover `*` and `signalbox-.*`, and write rules for a user that has one ' +
        'into its KafkaUser.'
      );
    case 'mirror':
      return 'Find out who starts or stops its connectors: a deployment, an operator, or a person.';
    case 'name':
      return 'Find out who else writes the name, and take it out there: external-dns, Terraform, or a person.';
    case 'config':
      return 'Find out who else deploys it, and take its data out there: Helm, Argo CD, or a person.';
    case 'positions':
    case 'backlog':
    case 'salvage':
    case 'group-offsets':
    case 'resolution':
      return 'Find out who else changes it.';
  }
}
