import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Debian asks this program before a package may start, restart or stop a service; 101 means no. */
const POLICY = '/usr/sbin/policy-rc.d';
const SAVED = `${POLICY}.before-signalbox`;
const MARK = '# signalbox set-up';

/**
 * Runs `work` while no package may start or stop a service, then puts back what was there. Should this process be
 * killed, its policy denies nothing any more: it only holds while this process lives.
 * @template T @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function withoutServiceStarts(work) {
  restore();
  if (existsSync(POLICY)) renameSync(POLICY, SAVED);
  const otherwise = `[ -x ${SAVED} ] && exec ${SAVED} "$@"\nexit 0`;
  const text = `#!/bin/sh\n${MARK}\n[ -d /proc/${process.pid} ] && exit 101\n${otherwise}\n`;
  writeFileSync(POLICY, text, { mode: 0o755 });
  try {
    return await work();
  } finally {
    restore();
  }
}

/** Also undoes what a killed run left. */
function restore() {
  if (existsSync(POLICY) && readFileSync(POLICY, 'utf8').includes(MARK)) rmSync(POLICY);
  if (existsSync(SAVED)) renameSync(SAVED, POLICY);
}
