import { connect } from 'node:net';
import { TcpReach } from './tcp-reach.js';

export class NodeTcpReach extends TcpReach {
  override connects(
    { host, port }: { readonly host: string; readonly port: number },
    timeoutMs: number,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host, port, signal: AbortSignal.timeout(timeoutMs) });
      const end = (connects: boolean) => {
        socket.destroy();
        resolve(connects);
      };
      socket.once('connect', () => end(true));
      socket.once('error', () => end(false));
    });
  }
}
