import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ApiErrorBody, VetoView } from '#libs/contracts';
import { SignalboxError } from '#libs/domain';
import type { Request, Response } from 'express';
import { AccessAudit } from './access-audit.js';

/** An answer that is not 2xx: what is wrong, and what to do instead. */
export class ApiError extends HttpException {
  constructor(status: number, code: string, message: string, remedy: string, vetoes?: readonly VetoView[]) {
    super({ error: { code, message, remedy, ...(vetoes && { vetoes }) } } satisfies ApiErrorBody, status);
  }
}

const bodyOf = (code: string, message: string, remedy: string): ApiErrorBody => ({ error: { code, message, remedy } });

/** Gives every failure the one shape that clients know. A refusal is written down; its answer does not wait for that. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  constructor(private readonly audit: AccessAudit) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const response = host.switchToHttp().getResponse<Response>();
    if (error instanceof ApiError) {
      const body = error.getResponse() as ApiErrorBody;
      this.audit.refused(host.switchToHttp().getRequest<Request>(), error.getStatus(), body.error);
      response.status(error.getStatus()).json(body);
    } else if (error instanceof HttpException) {
      const remedy = 'GET /v1/openapi.json says what this API offers.';
      response.status(error.getStatus()).json(bodyOf('SB_HTTP', error.message, remedy));
    } else if (error instanceof SignalboxError) {
      const remedy = 'Ask an orchestrator of another site, or try again.';
      response.status(503).json(bodyOf(error.code, error.message, remedy));
    } else {
      const remedy = "See this orchestrator's log.";
      response.status(500).json(bodyOf('SB_INTERNAL', 'This orchestrator failed on the request.', remedy));
    }
  }
}
