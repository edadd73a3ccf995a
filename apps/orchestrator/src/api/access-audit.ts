import { Injectable } from '@nestjs/common';
import { REQUEST_ID } from '#libs/contracts';
import type { Actor } from '#libs/domain';
import type { Request } from 'express';
import { SiteAudit } from '../audit/site-audit.js';
import { rolesOf, type Caller } from './access.js';
import type { ApiError } from './api-error.js';

/** Refusals that say something of who asked, or of what stood in the way; a mistyped body says neither. */
const WORTH_NOTING = [401, 403, 409, 422];
const TEXT_MAX = 300;

/** What people do at this API, for the site's own chain: who came, and what was refused. */
@Injectable()
export class AccessAudit {
  private readonly seen = new Set<string>();

  constructor(private readonly audit: SiteAudit) {}

  /** Noted once for each token in the life of a process. */
  cameIn(caller: Caller, { ip }: Request): void {
    const { name } = caller;
    if (this.seen.has(name)) return;
    this.seen.add(name);
    this.audit.note({ actor: person(name), rule: 'login', evidence: { role: rolesOf(caller), from: ip ?? null } });
  }

  /** Nobody's refusals count together, wherever they asked; somebody's by what they asked for. */
  refused(request: Request & { readonly caller?: Caller }, refusal: ApiError): void {
    const { code, message } = refusal;
    const status = refusal.getStatus();
    if (!WORTH_NOTING.includes(status)) return;
    const { caller, method, ip } = request;
    const path = shortened(request.path);
    const kind = caller ? [caller.name, status, code, method, path].join(' ') : `unknown ${status}`;
    const requestId = String(request.res?.getHeader(REQUEST_ID) ?? '');
    const evidence = { status, code, method, path, message: shortened(message), from: ip ?? null, requestId };
    this.audit.noteOnce(kind, (times) => ({
      ...(caller && { actor: person(caller.name) }),
      rule: 'request-refused',
      evidence: { ...evidence, times },
    }));
  }
}

const person = (id: string): Actor => ({ kind: 'person', id });

/** Whoever asks writes it. Halves of surrogate pairs have no canonical form. */
const shortened = (text: string): string => text.slice(0, TEXT_MAX).toWellFormed();
