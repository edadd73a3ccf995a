import { createServer, type Server } from 'node:net';
import { type Layout, PORTS } from './layout.js';

/** Accepts connections outside all sites, for observers that must tell "everybody is gone" from "I am cut off". */
export function startAnchor(layout: Layout): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end());
    server.once('error', reject);
    server.listen(PORTS.anchor, layout.address('outside'), () => resolve(server));
  });
}
