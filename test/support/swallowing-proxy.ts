import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Between a client and a server on 127.0.0.1: what the client sends always arrives; whether it hears of it is up to the test. */
export class SwallowingProxy {
  swallows = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (socket) => this.pass(socket));
  }

  static async start(target: number): Promise<SwallowingProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new SwallowingProxy(server, target);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  end(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private pass(client: Socket): void {
    const onward = connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    for (const [socket, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => onward.write(bytes));
    onward.on('data', (bytes) => {
      if (!this.swallows) client.write(bytes);
    });
  }
}
