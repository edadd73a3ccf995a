import { readFile } from 'node:fs/promises';
import { verifyExport, type ExportVerdict } from '#libs/audit';
import type { Keyring, StatusAnswer } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import { groupPath, type Outcome, type Session, type Terminal } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';

/** The lines as the orchestrator wrote them, byte for byte: what is kept is what is verified. */
export const exportAudit = async (session: Session, group: string): Outcome => {
  session.terminal.out((await fetchExport(session, group)).replace(/\n$/, ''));
  return EXIT.ok;
};

/** Needs no orchestrator; without a keyring the chain is checked, and who signed it is not. */
export const verifyAuditFile = async (file: string, output: VerifyOutput, keyring: Keyring | undefined): Outcome => {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError(
      `the export cannot be read: ${messageOf(error)}`,
      'make one with: signalbox audit export <group>',
    );
  });
  return report([{ name: file, verdict: verifyExport(bytes, keyring) }], output);
};

export const verifyAuditOfGroups = async (session: Session, keyring: Keyring | undefined): Outcome => {
  const { groups } = await session.api.get<StatusAnswer>('/status', ({ journal }) => journal.reachable);
  const checked: Checked[] = [];
  for (const { group } of groups) {
    const text = await fetchExport(session, group);
    checked.push({ name: group, verdict: verifyExport(Buffer.from(text), keyring) });
  }
  return report(checked, session);
};

export interface VerifyOutput {
  readonly terminal: Pick<Terminal, 'out'>;
  readonly json: boolean;
}

interface Checked {
  readonly name: string;
  readonly verdict: ExportVerdict;
}

const fetchExport = ({ api }: Session, group: string) => api.text(groupPath(group, 'audit', 'export'));

const report = (checked: readonly Checked[], { terminal, json }: VerifyOutput): Awaited<Outcome> => {
  if (json) terminal.out(JSON.stringify(checked, null, 2));
  else for (const each of checked) terminal.out(describe(each));
  return checked.every(({ verdict }) => verdict.ok) ? EXIT.ok : EXIT.auditBroken;
};

const describe = ({ name, verdict }: Checked): string => {
  if (verdict.ok) {
    const { signature, signedBy, entries, group, head } = verdict;
    const signed = {
      valid: `signed by ${signedBy}`,
      unchecked: `names ${signedBy} as its signer, which was not checked`,
      absent: 'unsigned',
    };
    return `${name}: ok, ${entries} entries of ${group}, head ${head.hash.slice(0, 12)}, ${signed[signature]}`;
  }
  const entry = verdict.sequence === undefined ? 'the header' : `entry ${verdict.sequence}`;
  return `${name}: BROKEN at ${entry} (line ${verdict.line}): ${verdict.reason}`;
};
