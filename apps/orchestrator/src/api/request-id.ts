import { REQUEST_ID } from '#libs/contracts';
import type { Random } from '#libs/runtime';
import type { Request, Response } from 'express';

/** What a request may be called by its sender: it goes to logs, the audit and a header. */
const SANE = /^[A-Za-z0-9_.:~-]{1,64}$/;

/** The sender's own when it is sane, else a new one; the same however often it is asked for, and in the answer. */
export function requestIdOf(request: Request, response: Response, random: Random): string {
  const known = response.getHeader(REQUEST_ID);
  if (typeof known === 'string') return known;
  const given = request.headers[REQUEST_ID];
  const id = typeof given === 'string' && SANE.test(given) ? given : random.id();
  response.setHeader(REQUEST_ID, id);
  return id;
}
