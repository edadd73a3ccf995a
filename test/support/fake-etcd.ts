import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeAnswer {
  readonly status: number;
  readonly body: object;
}

const LOGIN = '/v3/auth/authenticate';

/** One etcd member as its gateway looks from outside: what it says of itself is up to the test. */
export class FakeEtcd {
  clusterId = '7';
  term = 2;
  /** Called for what is no login; without it everything is well. */
  answer: (path: string, token: string | undefined) => FakeAnswer | Promise<FakeAnswer> = () => this.well();
  /** What a login is answered. */
  login: () => FakeAnswer = () => this.well({ token: `token.${this.logins}` });
  logins = 0;
  /** Paths of all that is no login, in order. */
  readonly calls: string[] = [];
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  static async start(): Promise<FakeEtcd> {
    const member = new FakeEtcd();
    await once(member.server.listen(0, '127.0.0.1'), 'listening');
    return member;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  well(more: object = {}): FakeAnswer {
    const header = { cluster_id: this.clusterId, raft_term: String(this.term), revision: '5' };
    return { status: 200, body: { header, succeeded: true, ...more } };
  }

  refusal(code: number, message: string): FakeAnswer {
    return { status: code === 16 ? 401 : 400, body: { code, message } };
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    request.resume();
    await once(request, 'end');
    if (path === LOGIN) this.logins += 1;
    else this.calls.push(path);
    const { status, body } = path === LOGIN ? this.login() : await this.answer(path, request.headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
