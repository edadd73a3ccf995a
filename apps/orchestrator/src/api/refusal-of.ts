import { HttpException } from '@nestjs/common';
import { SignalboxError } from '#libs/domain';
import type { Request } from 'express';
import { ApiError } from './api-error.js';
import { ROUTES } from './routes.js';

/** What a failure means to whoever asked. A bug of ours says nothing of itself. */
export function refusalOf(error: unknown, request: Request): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof SignalboxError) {
    return new ApiError(503, error.code, error.message, 'Ask an orchestrator of another site, or try again.');
  }
  const status = statusOf(error);
  if (status === 404) return unknownRoute(request);
  if (status === 413) {
    return new ApiError(413, 'SB_TOO_LARGE', 'The body is too large.', 'No request of this API needs 100 kB.');
  }
  if (status === 415) return unsupportedType('The body comes in an encoding that is not read here.');
  if (status !== undefined && status < 500) {
    return new ApiError(400, 'SB_BAD_REQUEST', `The request cannot be read: ${wordsOf(error)}.`, 'Correct it.');
  }
  return new ApiError(500, 'SB_INTERNAL', 'This orchestrator failed on the request.', "See this orchestrator's log.");
}

export const unsupportedType = (message: string): ApiError =>
  new ApiError(415, 'SB_UNSUPPORTED_TYPE', message, 'Send JSON with "Content-Type: application/json".');

/** Nest's own, and what reads bodies before Nest has its say, both carry a status. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'it is malformed');

function unknownRoute({ method, path }: Request): ApiError {
  const remedy = 'GET /v1/openapi.json says what this API offers.';
  const methods = ROUTES.filter((route) => patternOf(route.path).test(path)).map((route) => route.method.toUpperCase());
  if (methods.length === 0) return new ApiError(404, 'SB_HTTP', `There is no ${method} ${path}.`, remedy);
  const allowed = [...new Set(methods)].join(', ');
  const message = `${path} is for ${allowed}, not for ${method}.`;
  return new ApiError(405, 'SB_METHOD', message, remedy, undefined, { allow: allowed });
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);
