import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { Credentials } from './credentials.js';

const ANSWERS_WITHIN_MS = 30_000;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly contentType?: string;
  /** Sent as it is when a string, else as JSON. */
  readonly body?: unknown;
  /** Whose rights count; the administrator's own when absent. */
  readonly as?: Person;
}

export interface Person {
  readonly user: string;
  readonly groups?: readonly string[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** Requests as they are on the wire, past everything that a client library would put right. */
export class ApiClient {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    credentials: Credentials,
  ) {
    const { certificate, key } = credentials.admin;
    this.agent = new Agent({
      connect: { ca: readFileSync(credentials.authorityFile, 'utf8'), cert: certificate, key },
    });
  }

  /** Throws when nobody answers, as while the server is away. */
  async request({ method, path, contentType = 'application/json', body, as }: ApiRequest): Promise<ApiAnswer> {
    const answer = await request(`${this.url}${path}`, {
      method,
      dispatcher: this.agent,
      headers: { ...(body !== undefined && { 'content-type': contentType }), ...impersonation(as) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function impersonation(as: Person | undefined): Record<string, string | string[]> {
  if (as === undefined) return {};
  const { user, groups } = as;
  return { 'impersonate-user': user, ...(groups !== undefined && { 'impersonate-group': [...groups] }) };
}
