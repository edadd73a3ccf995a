import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Debian asks this program before a package may start, restart or stop a service; 101 means no. */
const POLICY = '/usr/sbin/policy-rc.d';
const SAVED = `${POLICY}.before-signalbox`;
const OURS = 'SIGNALBOX_SETUP';
const MARK = '# signalbox set-up';

/**
 * Runs `work` while no package that it installs may start or stop a service, then puts back what was there. The policy
 * knows its own installation by the environment it is given: so it holds to the end of an installation that outlives
 * this process, and denies nothing to anyone else, even when it was left behind.
 * @template T @param {(env: Record<string, string>) => Promise<T>} work @returns {Promise<T>}
 */
export async function withoutServiceStarts(work) {
  restore();
  if (existsSync(POLICY)) renameSync(POLICY, SAVED);
  const otherwise = `[ -x ${SAVED} ] && exec ${SAVED} "$@"\nexit 0`;
  writeFileSync(POLICY, `#!/bin/sh\n${MARK}\n[ -n "$${OURS}" ] && exit 101\n${otherwise}\n`, { mode: 0o755 });
  try {
    return await work({ [OURS]: 'yes' });
  } finally {
    restore();
  }
}

/** Also undoes what a killed run left. */
function restore() {
  if (existsSync(POLICY) && readFileSync(POLICY, 'utf8').includes(MARK)) rmSync(POLICY);
  if (existsSync(SAVED)) renameSync(SAVED, POLICY);
}
