import type { PreflightCheck } from '#libs/contracts';
import type { NameReport } from '#libs/domain';
import { describeRto, type RtoSum } from '#libs/topology';
import { fail, pass } from './preflight-check.js';

/** What is known of the names of a group. */
export interface ReadiedNames {
  readonly names: readonly string[];
  readonly reports: readonly NameReport[];
  /** What a failover takes where resolvers keep the old answer for so long. */
  readonly rto: (ttlSeconds: number) => RtoSum;
}

/** Whether every name can be switched, by us and by nobody else, and in time. Pure. */
export const nameChecks = ({ names, reports, rto }: ReadiedNames): PreflightCheck[] =>
  names.flatMap((name) => {
    const own = reports.filter((report) => report.name === name);
    if (own.length > 0) return [readable(name, own), owned(name, own), found(name, own), inTime(name, own, rto)];
    return [fail(`name-${name}`, `no dns-switcher has looked at ${name}`, "See the dns-switcher's /readyz.")];
  });

function readable(name: string, reports: readonly NameReport[]): PreflightCheck {
  const check = `name-${name}`;
  const drifted = reports.find(({ drift }) => drift !== undefined)?.drift;
  if (drifted) {
    const found = `${name} holds ${drifted.found} instead of ${drifted.expected}`;
    return fail(check, [found, ...drifted.hints].join('; '), 'Find out who changed it, then docs/runbooks/names.md.');
  }
  const unread = reports.filter(({ problem }) => problem !== undefined);
  if (unread.length === reports.length)
    return fail(check, unread.map(({ problem }) => problem).join('; '), 'Mend what the message names.');
  const spreading = reports.flatMap(({ site, waitsFor }) => waitsFor.map((what) => `seen from ${site}: ${what}`));
  return pass(check, spreading.length > 0 ? `${name} is propagating, ${spreading.join('; ')}` : `${name} can be read`);
}

function owned(name: string, reports: readonly NameReport[]): PreflightCheck {
  const check = `owner-${name}`;
  const owners = [...new Map(reports.flatMap((report) => report.owners).map((owner) => [owner.at, owner])).values()];
  const foreign = owners.filter(({ isAdopted }) => !isAdopted);
  if (foreign.length === 0) {
    const adopted = owners.map((owner) => `${owner.name}, which signalbox.yaml adopts`);
    return pass(
      check,
      adopted.length > 0 ? `${name} was of ${adopted.join(', ')}` : `nobody else says ${name} is theirs`,
    );
  }
  const who = [...new Set(foreign.map((owner) => owner.name))];
  return fail(
    check,
    `${name} belongs to ${foreign.map((owner) => `${owner.name} (TXT at ${owner.at})`).join(', ')}`,
    `Take ${name} out of its hands, then say so in signalbox.yaml: adopt: [${who.join(', ')}]`,
  );
}

/** Whether clients get what the provider holds: a zone that its parent does not delegate is switched, and nobody sees it. */
function found(name: string, reports: readonly NameReport[]): PreflightCheck {
  const check = `resolvers-${name}`;
  const settled = reports.filter(({ at, until }) => until === undefined || at > until);
  const asked = settled.filter(({ resolvers }) => resolvers.length > 0).map(({ site }) => site);
  const astray = settled.flatMap(({ site, resolvers }) =>
    resolvers
      .filter(({ gives }) => gives !== 'new')
      .map(({ address, gives }) => `${address} gives ${site} ${gives === 'old' ? 'something else' : 'nothing'}`),
  );
  if (astray.length > 0)
    return fail(
      check,
      `resolvers do not give what the servers of ${name} hold: ${astray.join(', ')}`,
      "Is its zone delegated to these servers, and can the resolver reach them? 'A name that clients do not find' in docs/runbooks/names.md.",
    );
  return pass(
    check,
    asked.length > 0
      ? `the resolvers of ${asked.join(', ')} find ${name}`
      : `no resolvers are asked for ${name}: that clients find it is not known`,
  );
}

function inTime(name: string, reports: readonly NameReport[], rto: ReadiedNames['rto']): PreflightCheck {
  const check = `ttl-${name}`;
  const served = Math.max(0, ...reports.map(({ ttlSeconds = 0 }) => ttlSeconds));
  const sum = rto(served);
  if (sum.totalMs <= sum.goalMs) return pass(check, `${name} is served with a TTL of ${served} s, within the RTO goal`);
  return fail(
    check,
    `${name} is served with a TTL of ${served} s: ${describeRto(sum)}, and the RTO goal is ${sum.goalMs} ms`,
    'Lower the TTL at the provider to ttlSeconds of signalbox.yaml; it counts once the present one has run out.',
  );
}
