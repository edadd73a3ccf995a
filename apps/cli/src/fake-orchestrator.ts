import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IDEMPOTENCY_KEY } from '#libs/contracts';

export interface CannedAnswer {
  readonly status?: number;
  readonly body?: unknown;
}

/** By method and path. Of several answers to one question each is given once, and the last one from then on. */
export type CannedAnswers = Readonly<Record<string, CannedAnswer | readonly CannedAnswer[]>>;

/** Answers over HTTP what it was told to, and remembers what it was asked. A `silent` one never answers. */
export const fakeOrchestrator = async (answers: CannedAnswers | 'silent') => {
  const asked: {
    readonly line: string;
    readonly authorization: string;
    readonly key: string;
    readonly body: string;
  }[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const line = `${request.method} ${request.url}`;
    const { authorization = '', [IDEMPOTENCY_KEY]: key } = request.headers;
    asked.push({ line, authorization, key: String(key ?? ''), body });
    if (answers === 'silent') return;
    const given = [answers[line] ?? { status: 404, body: NOT_FOUND }].flat();
    const before = asked.filter((each) => each.line === line).length - 1;
    const { status = 200, body: content } = given[Math.min(before, given.length - 1)] ?? {};
    response.writeHead(status).end(typeof content === 'string' ? content : JSON.stringify(content));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const NOT_FOUND = { code: 'SB_NOT_FOUND', detail: 'no such group', remedy: 'see signalbox status' };
