import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

/** Answers over HTTP what a spec tells it to, and remembers what it was asked. A `silent` one never answers. */
export const fakeOrchestrator = async (answers: Readonly<Record<string, Answer>> | 'silent') => {
  const asked: { readonly line: string; readonly authorization: string; readonly body: string }[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const line = `${request.method} ${request.url}`;
    asked.push({ line, authorization: request.headers.authorization ?? '', body });
    if (answers === 'silent') return;
    const { status = 200, body: content } = answers[line] ?? { status: 404, body: NOT_FOUND };
    response.writeHead(status).end(JSON.stringify(content));
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

const NOT_FOUND = { error: { code: 'SB_NOT_FOUND', message: 'no such group', remedy: 'see signalbox status' } };
