import { spawn } from 'node:child_process';

/**
 * Sends `signal` to `target` (a process id, or a group as its negative) should this process be killed without a chance
 * to do so itself. A shell waits on a pipe that only we hold open: the kernel closes it, however we end.
 * @param {number | undefined} target @param {'TERM' | 'KILL'} signal @returns {() => void} call it when the target is gone
 */
export function endWithUs(target, signal) {
  if (target === undefined) return () => {};
  const wait = 'read -r _; kill -s "$1" -- "$2"';
  const args = ['-c', wait, 'watchdog', signal, String(target)];
  const dog = spawn('sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  dog.on('error', () => {}); // Without a shell there is no watchdog; the work itself does not need one.
  dog.unref();
  return () => dog.kill('SIGKILL');
}
