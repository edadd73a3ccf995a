import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Random } from '#libs/runtime';
import type { Request, Response } from 'express';
import type { Asked } from '../operation/asked.js';
import { may, type Caller, type Need, type Permission } from './access.js';
import { AccessAudit } from './access-audit.js';
import { ApiError } from './api-error.js';
import { Authentication } from './authentication.js';
import { forbidden } from './forbidden.js';
import { isHealthPath } from './health-paths.js';
import { unsupportedType } from './refusal-of.js';
import { requestIdOf } from './request-id.js';
import { RequestRates } from './request-rates.js';

export const PERMISSION = 'signalbox:permission';

/** What a route needs. A route that declares nothing is refused to everybody. */
export const Needs = (permission: Need) => SetMetadata(PERMISSION, permission);

/** Whoever sends a signed body: who it was is in there, and may do nothing else. */
const UNNAMED: Caller = { name: 'signed', grants: [] };

/** `asked` is there on every POST. */
export type AuthenticatedRequest = Request & { caller: Caller; permission: Permission; asked: Asked };

/** Who asks, how often, and whether they may: before anything of a request is looked at. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: Authentication,
    private readonly rates: RequestRates,
    private readonly audit: AccessAudit,
    private readonly random: Random,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    requestIdOf(request, http.getResponse<Response>(), this.random);
    if (isHealthPath(request.path)) return true;
    assertJson(request);
    if (this.needOf(context) === 'signature') return this.letIn(request);
    request.caller = await this.callerOf(request);
    this.audit.cameIn(request.caller, request);
    request.permission = this.permitted(context, request);
    return true;
  }

  /** @throws ApiError 401, or 429 for whoever tries too often */
  private async callerOf(request: Request): Promise<Caller> {
    try {
      const caller = await this.authentication.callerOf(request.headers.authorization);
      this.rates.ofCaller(caller.name);
      return caller;
    } catch (error) {
      if (error instanceof ApiError && error.getStatus() === 401) this.rates.ofAddress(request.ip ?? 'nowhere');
      throw error;
    }
  }

  private needOf(context: ExecutionContext): Need | undefined {
    return this.reflector.getAllAndOverride<Need | undefined>(PERMISSION, [context.getHandler(), context.getClass()]);
  }

  /** What the body proves is looked at later; how often one address may try is not. @throws ApiError 429 */
  private letIn(request: AuthenticatedRequest): true {
    this.rates.ofAddress(request.ip ?? 'nowhere');
    request.caller = UNNAMED;
    request.permission = 'read';
    return true;
  }

  /** A run or an approval names its group only when it was read: what is done to that one is asked again then. */
  private permitted(context: ExecutionContext, { caller, params }: AuthenticatedRequest): Permission {
    const need = this.needOf(context);
    const permission = need === 'signature' ? undefined : need;
    const { group } = params;
    if (permission && may(caller, permission, typeof group === 'string' ? group : undefined)) return permission;
    throw forbidden(caller, permission);
  }
}

/** A body of another type would be taken for none at all. @throws ApiError 415 */
function assertJson(request: Request): void {
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  if (request.method !== 'POST' || !hasBody || request.is('application/json')) return;
  const type = request.headers['content-type'] ?? 'nothing';
  throw unsupportedType(`The body is ${type}, which is not read here.`);
}
