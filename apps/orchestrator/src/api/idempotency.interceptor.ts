import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { canonicalOf, IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, IdempotencyKeyWire, sha256Hex } from '#libs/contracts';
import { Random } from '#libs/runtime';
import type { Response } from 'express';
import { of, type Observable } from 'rxjs';
import type { Asked, RequestIdentity } from '../operation/asked.js';
import { KeptAnswers } from '../operation/kept-answers.js';
import { ApiError } from './api-error.js';
import { requestIdOf } from './request-id.js';
import type { AuthenticatedRequest } from './token.guard.js';

/**
 * Gives a POST its identity when its sender named one, and answers one that was done before as it was answered then. The
 * answer itself is kept by the commit that does what was asked.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly kept: KeptAnswers,
    private readonly random: Random,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<AuthenticatedRequest>(), http.getResponse<Response>()];
    if (request.method !== 'POST') return next.handle();
    const identity = identityOf(request, response.statusCode);
    const { caller, permission } = request;
    const requestId = requestIdOf(request, response, this.random);
    const asked: Asked = { caller, permission, requestId, ...(identity && { identity }) };
    request.asked = asked;
    const kept = await this.kept.find(asked);
    if (!kept) return next.handle();
    response.status(kept.status).setHeader(IDEMPOTENCY_REPLAYED, 'true');
    return of(kept.answer);
  }
}

/** @throws ApiError 400 */
function identityOf(request: AuthenticatedRequest, status: number): RequestIdentity | undefined {
  const given = request.headers[IDEMPOTENCY_KEY];
  if (given === undefined) return undefined;
  const key = IdempotencyKeyWire.safeParse(given);
  const body = canonicalOf(request.body ?? {});
  if (!key.success) {
    const message = `The header ${IDEMPOTENCY_KEY} is no key: ${key.error.issues[0]?.message ?? ''}.`;
    throw new ApiError(400, 'SB_BAD_REQUEST', message, 'Send a new random key with every new request.');
  }
  if (body === undefined) {
    const message = 'The body has no canonical form: a number is infinite, or a text holds half a surrogate pair.';
    throw new ApiError(400, 'SB_BAD_REQUEST', message, 'Correct the body.');
  }
  return { key: key.data, route: `${request.method} ${request.path}`, bodyHash: sha256Hex(body), status };
}
