import { Agent, fetch, WebSocket } from 'undici';

/** PEM texts. What is absent is as Node has it: the system's authorities, no certificate of our own. */
export interface EtcdTls {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Expected in the member's certificate, when it differs from the host in its address. */
  readonly serverName?: string;
}

export interface EtcdPost {
  readonly path: string;
  readonly body: object;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

/** HTTP to one member at a time; knows nothing of what is said. */
export class EtcdTransport {
  readonly #agent: Agent;

  constructor(tls: EtcdTls | undefined, connectTimeoutMs: number) {
    const { ca, certificate: cert, key, serverName: servername } = tls ?? {};
    this.#agent = new Agent({
      // The gateway's WebSockets exist on HTTP/1.1 only.
      allowH2: false,
      connect: {
        timeout: connectTimeoutMs,
        ...(ca && { ca }),
        ...(cert && { cert }),
        ...(key && { key }),
        ...(servername && { servername }),
      },
    });
  }

  /** @throws TypeError as `fetch` does, with the reason in its cause */
  async post(endpoint: string, { path, body, token, signal }: EtcdPost): Promise<{ ok: boolean; text: string }> {
    const headers = token === undefined ? {} : { authorization: token };
    const init = { method: 'POST', body: JSON.stringify(body), headers, signal, dispatcher: this.#agent };
    const response = await fetch(endpoint + path, init);
    return { ok: response.ok, text: await response.text() };
  }

  /** The gateway takes a token for a WebSocket as its second protocol, and for nothing else. */
  watch(endpoint: string, token: string | undefined): WebSocket {
    const protocols = token === undefined ? [] : ['Bearer', token];
    return new WebSocket(`${endpoint.replace(/^http/, 'ws')}/v3/watch`, { protocols, dispatcher: this.#agent });
  }

  close(): void {
    void this.#agent.destroy();
  }
}
