import { STATUS_CODES } from 'node:http';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { PROBLEM_TYPE, type ProblemDetails } from '#libs/contracts';
import { Log, Random } from '#libs/runtime';
import type { Request, Response } from 'express';
import { AccessAudit } from './access-audit.js';
import type { ApiError } from './api-error.js';
import { isHealthPath } from './health-paths.js';
import { requestIdOf } from './request-id.js';
import { refusalOf } from './refusal-of.js';

/** Gives every failure the one shape that clients know. A refusal is written down; its answer does not wait for that. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly audit: AccessAudit,
    private readonly log: Log,
    private readonly random: Random,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    // A stream that breaks has said 200 already: all that is left is to end it.
    if (response.headersSent) return void response.end();
    const refusal = refusalOf(error, request);
    const id = requestIdOf(request, response, this.random);
    if (refusal.getStatus() === 500) this.log.error({ requestId: id, ...traceOf(error) }, 'A request failed on a bug');
    if (isHealthPath(request.path)) return void response.status(refusal.getStatus()).json(reportIn(error));
    this.audit.refused(request, refusal);
    response.status(refusal.getStatus()).set(refusal.headers).type(PROBLEM_TYPE);
    response.send(JSON.stringify(problemOf(refusal, request, id)));
  }
}

function problemOf(refusal: ApiError, request: Request, requestId: string): ProblemDetails {
  const { code, message, remedy, vetoes } = refusal;
  const status = refusal.getStatus();
  return {
    type: `urn:signalbox:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Refused',
    status,
    detail: message,
    instance: request.path,
    code,
    remedy,
    requestId,
    ...(vetoes && { vetoes: [...vetoes] }),
  };
}

const traceOf = (error: unknown) => ({ stack: error instanceof Error ? error.stack : String(error) });

/** Of a process that is not ready, what /readyz would have said. */
const reportIn = (error: unknown): object => {
  const report = error instanceof Object && 'getResponse' in error ? (error as ApiError).getResponse() : {};
  return report instanceof Object ? report : { status: report };
};
