import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiRole, ApiToken } from '#libs/topology';

/** Who asks. `name` stands in the audit. */
export interface Caller {
  readonly name: string;
  readonly role: ApiRole;
}

/** What a caller wants to do; every route declares one, and a route without one is closed. */
export type Permission = 'read' | 'operate' | 'approve' | 'administer';

const GRANTED: Readonly<Record<ApiRole, readonly Permission[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  approver: ['read', 'approve'],
  admin: ['read', 'operate', 'approve', 'administer'],
};

export const may = ({ role }: Caller, permission: Permission): boolean => GRANTED[role].includes(permission);

/** The holder of a bearer token. Only hashes are configured; all are compared, each in constant time. */
export function callerOf(authorization: string | undefined, tokens: readonly ApiToken[]): Caller | undefined {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  const given = createHash('sha256').update(token, 'utf8').digest();
  const matches = tokens.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), given));
  return matches[0] && { name: matches[0].name, role: matches[0].role };
}
