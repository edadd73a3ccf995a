import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiRole, ApiToken } from '#libs/topology';

/** A role, and the groups in which it may change something; in every one without them. */
export interface Grant {
  readonly role: ApiRole;
  readonly groups?: readonly string[];
}

/** Who asks. `name` stands in the audit; several grants add up, and none at all allows nothing. */
export interface Caller {
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** What a caller wants to do; every route declares one, and a route without one is closed. */
export type Permission = 'read' | 'operate' | 'approve' | 'administer' | 'relay';
/** What a route needs: `signature` is no login, but what the body itself proves. */
export type Need = Permission | 'signature';

/** A relay hands on what somebody else answered in a channel, and may do nothing of its own: not even an admin may that. */
const GRANTED: Readonly<Record<ApiRole, readonly Permission[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  approver: ['read', 'approve'],
  admin: ['read', 'operate', 'approve', 'administer'],
  relay: ['relay'],
};

/** Whoever may read reads every group. Without a `group`: whether there may be one in which it is allowed. */
export const may = ({ grants }: Caller, permission: Permission, group?: string): boolean =>
  grants.some(({ role, groups }) => {
    const isHere = permission === 'read' || group === undefined || (groups?.includes(group) ?? true);
    return isHere && GRANTED[role].includes(permission);
  });

/** `operator, approver in orders` */
export const rolesOf = ({ grants }: Caller): string =>
  grants.map(({ role, groups }) => (groups ? `${role} in ${groups.join(' and ')}` : role)).join(', ') || 'nobody here';

/** What stands behind `Bearer`, in the one form it has. */
export const bearerIn = (authorization: string | undefined): string | undefined =>
  /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(authorization ?? '')?.[1];

/** The holder of a token. Only hashes are configured; all are compared, each in constant time. */
export function holderOf(bearer: string, tokens: readonly ApiToken[]): Caller | undefined {
  const given = createHash('sha256').update(bearer, 'utf8').digest();
  const [held] = tokens.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), given));
  if (!held) return undefined;
  const { name, role, groups } = held;
  return { name, grants: [{ role, ...(groups && { groups }) }] };
}
