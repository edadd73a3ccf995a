import type { NameTarget } from '#libs/domain';

/** `192.0.2.1, 192.0.2.2 (TTL 5 s)`, for messages. */
export function describeTarget(target: NameTarget): string {
  switch (target.kind) {
    case undefined:
      return withTtl(target.addresses.join(', ') || 'nothing', target.ttlSeconds);
    case 'cname':
      return withTtl(`CNAME ${target.canonicalName}`, target.ttlSeconds);
    case 'services':
      return withTtl(target.services.map(({ host, port }) => `${host}:${port}`).join(', '), target.ttlSeconds);
    case 'alias':
      return `alias of ${target.aliasOf}`;
    case 'weighted':
      return target.members
        .map(({ id, weight, target: each }) => `${id} by ${weight}: ${describeTarget(each)}`)
        .join('; ');
  }
}

const withTtl = (what: string, ttlSeconds: number): string => `${what} (TTL ${ttlSeconds} s)`;
