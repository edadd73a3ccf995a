/**
 * Until when old answers can live. Pure arithmetic on milliseconds of the monotonic clock: a compliant resolver gives an
 * answer for no longer than its TTL after it asked, and can have asked an authoritative server until the moment before
 * that server changed. TTLs are whole seconds, and resolvers round them: hence one second more.
 */
export const ROUNDING_MS = 1_000;

/** One change on its way to all servers that clients' resolvers ask. */
export interface Spread {
  /** The longest TTL that another answer than the present one may still be cached with. */
  readonly oldTtlSeconds: number;
  /** Servers that have not been seen with the present answer since the change began. */
  readonly unseen: readonly string[];
  /** When the last of the others was first seen with it: it had changed by then. */
  readonly lastChangeMs: number | undefined;
  /** Of the changes before this one, whose answers may still be cached too. */
  readonly notBeforeMs: number;
}

/** Nothing is on its way, and nothing was. */
export const NOTHING_SPREADS: Spread = {
  oldTtlSeconds: 0,
  unseen: [],
  lastChangeMs: undefined,
  notBeforeMs: -Infinity,
};

/** Every server is to be seen with the new answer. What had not reached all of them before may still be asked for, too. */
export function changeBegins(before: Spread, servers: readonly string[], oldTtlSeconds: number): Spread {
  const isOpen = before.unseen.length > 0;
  return {
    oldTtlSeconds: isOpen ? Math.max(oldTtlSeconds, before.oldTtlSeconds) : oldTtlSeconds,
    unseen: servers,
    lastChangeMs: undefined,
    notBeforeMs: Math.max(before.notBeforeMs, reachMs(before) ?? -Infinity),
  };
}

/** `atMs` is taken after its answer was there, so that the change lies before it. */
export const seenWithNew = (spread: Spread, server: string, atMs: number): Spread =>
  spread.unseen.includes(server)
    ? {
        ...spread,
        unseen: spread.unseen.filter((each) => each !== server),
        lastChangeMs: Math.max(spread.lastChangeMs ?? -Infinity, atMs),
      }
    : spread;

/** It gives something else, though it may have changed before: whoever asks it now keeps that for its TTL. */
export const seenWithOther = (spread: Spread, server: string, ttlSeconds: number): Spread => ({
  ...spread,
  unseen: spread.unseen.includes(server) ? spread.unseen : [...spread.unseen, server],
  oldTtlSeconds: Math.max(spread.oldTtlSeconds, ttlSeconds),
});

/** No compliant resolver can give another answer after this; undefined while a server may still hand one out. */
export const horizonMs = (spread: Spread): number | undefined =>
  spread.unseen.length > 0 ? undefined : Math.max(spread.notBeforeMs, reachMs(spread) ?? -Infinity);

const reachMs = ({ lastChangeMs, oldTtlSeconds }: Spread): number | undefined =>
  lastChangeMs === undefined ? undefined : lastChangeMs + oldTtlSeconds * 1_000 + ROUNDING_MS;
