import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Asked } from '../operation/asked.js';
import { ThisProcess } from '../this-process.js';
import { ApiError } from './api-error.js';
import { AccessAudit } from './access-audit.js';
import { callerOf, may, type Caller, type Permission } from './access.js';

export const PERMISSION = 'signalbox:permission';

/** What a route needs. A route that declares nothing is refused to everybody. */
export const Needs = (permission: Permission) => SetMetadata(PERMISSION, permission);
/** Kubelet and Prometheus have no token, and these say nothing secret. */
const OPEN_PATHS = ['/healthz', '/readyz', '/metrics'];

/** `asked` is there on every POST. */
export type AuthenticatedRequest = Request & { caller: Caller; asked: Asked };

@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly self: ThisProcess,
    private readonly audit: AccessAudit,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (OPEN_PATHS.includes(request.path)) return true;
    const caller = callerOf(request.headers.authorization, this.self.topology.api.tokens);
    if (!caller) {
      const remedy =
        'Send "Authorization: Bearer <token>" with a token whose SHA-256 is in signalbox.yaml, api.tokens.';
      throw new ApiError(401, 'SB_UNAUTHENTICATED', 'No known token was sent.', remedy);
    }
    request.caller = caller;
    this.audit.cameIn(caller, request);
    const permission = this.reflector.getAllAndOverride<Permission>(PERMISSION, targets);
    if (!permission || !may(caller, permission)) {
      const remedy = `Use a token with a role that may ${permission ?? 'do this'}.`;
      throw new ApiError(403, 'SB_FORBIDDEN', `${caller.name} is ${caller.role} and may not do this.`, remedy);
    }
    return true;
  }
}
