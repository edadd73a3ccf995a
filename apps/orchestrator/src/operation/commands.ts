import type { RequestKind } from '#libs/contracts';
import type { ApprovalId, RunId } from '#libs/domain';

const WHY = "--reason '<why>'";

/** What people type, in one place: answers and explanations name the next command. */
export const commands = {
  status: 'signalbox status --watch',
  explain: (group: string) => `signalbox explain ${group}`,
  preflight: (group: string) => `signalbox preflight ${group}`,
  plan: (group: string) => `signalbox plan ${group}`,
  ask: (kind: RequestKind, group: string, site?: string) => {
    const flag = kind === 'reprotect' || kind === 'salvage' ? '--site' : '--to';
    const as = kind === 'salvage' ? ' --as quarantined' : '';
    return `signalbox ${kind} ${group}${as}${site === undefined ? '' : ` ${flag} ${site}`} ${WHY}`;
  },
  approve: (approval: ApprovalId, notBy?: string) =>
    `signalbox approve ${approval}${notBy === undefined ? '' : `  (somebody else than ${notBy})`}`,
  approvals: 'signalbox approvals',
  breakGlass: (approval: string) => `signalbox approve ${approval} --break-glass ${WHY}`,
  cancel: (approval: string) => `signalbox cancel ${approval} ${WHY}`,
  review: (approval: string) => `signalbox review ${approval} --note '<found>'`,
  deny: (approval: ApprovalId) => `signalbox deny ${approval} ${WHY}`,
  run: (run: RunId) => `signalbox run ${run} --wait`,
  retry: (run: RunId) => `signalbox run retry ${run} ${WHY}`,
  skip: (run: RunId, step: string) => `signalbox run skip ${run} ${step} ${WHY}`,
  abort: (group: string) => `signalbox abort ${group} ${WHY}`,
  override: (group: string, veto: string) => `signalbox override ${group} ${veto} --for 15m ${WHY}`,
  attest: (group: string, site: string) => `signalbox attest ${group} --site ${site} ${WHY}`,
  release: (group: string, site: string) => `signalbox release ${group} --site ${site} ${WHY}`,
  rescue: (group: string, active: string) => `signalbox rescue ${group} --active ${active}`,
  rescueNow: (group: string, active: string, survey: string, hash: string) =>
    `signalbox rescue ${group} --active ${active} --survey ${survey} --confirm ${hash} --attest '<why>'`,
  unfreeze: (group: string) => `signalbox unfreeze ${group} ${WHY}`,
} as const;
