import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process of this user works on the same `subject` (a path).
 *
 * The lock is a name in the kernel: an abstract Unix socket, which only one process can listen on and which is gone the
 * moment its process is, however it died. So no lock file can go stale. Waiters hold a connection open and go on when it closes.
 *
 * @template T
 * @param {string} subject
 * @param {{ say: (line: string) => void, signal: AbortSignal }} context
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(subject, { say, signal }, work) {
  if (process.platform !== 'linux') return work(); // Abstract sockets exist on Linux only, as does all that is shared.
  const digest = createHash('sha256').update(`${process.getuid?.()} ${subject}`).digest('hex').slice(0, 32);
  const path = `\0signalbox-${digest}`;
  let said = false;
  for (;;) {
    signal.throwIfAborted();
    const server = await listen(path);
    if (server) {
      try {
        return await work();
      } finally {
        server.release();
      }
    }
    await holderGone(path, signal, (holder) => {
      if (!said) say(`waiting for another run (${holder}) that works on ${subject}`);
      said = true;
    });
  }
}

/** @param {string} path @returns {Promise<{ release: () => void } | undefined>} undefined while another process holds it */
function listen(path) {
  return new Promise((resolve, reject) => {
    /** @type {Set<import('node:net').Socket>} */
    const waiters = new Set();
    const server = createServer((socket) => {
      waiters.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => waiters.delete(socket));
      socket.unref();
      socket.write(`pid ${process.pid}`);
    });
    server.unref();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path }, () =>
      resolve({
        release: () => {
          server.close();
          for (const socket of waiters) socket.destroy();
        },
      }),
    );
  });
}

/** @param {string} path @param {AbortSignal} signal @param {(holder: string) => void} onHolder */
async function holderGone(path, signal, onHolder) {
  await new Promise((resolve) => {
    const socket = connect({ path });
    const giveUp = () => socket.destroy();
    signal.addEventListener('abort', giveUp, { once: true });
    socket.on('data', (data) => onHolder(data.toString()));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      signal.removeEventListener('abort', giveUp);
      resolve(undefined);
    });
  });
  await sleep(20); // Between a holder's refusal and its release lies an instant in which a busy loop would spin.
}
