import { readFile } from 'node:fs/promises';
import { inWords, isIntact, verifyBundle, type AuditFile, type BundleVerdict } from '#libs/audit';
import type { Keyring, StatusAnswer } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import { groupPath, pathOf, type Outcome, type Session, type Terminal } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';

/** Whose chain is meant: a group's, or what was asked of a site's orchestrators. */
export type ExportSubject = { readonly group: string } | { readonly site: string };

/** The lines as the orchestrator wrote them, byte for byte: what is kept is what is verified. */
export const exportAudit = (session: Session, subject: ExportSubject): Outcome => printLines(session, pathTo(subject));

/** What the sites signed of all chains: to be kept elsewhere than the chains themselves. */
export const printCheckpoints = (session: Session): Outcome => printLines(session, pathOf('audit', 'checkpoints'));

/** Needs no orchestrator; without a keyring the chains are checked, and who signed them is not. */
export const verifyAuditFiles = async (
  files: readonly string[],
  output: VerifyOutput,
  keyring: Keyring | undefined,
): Outcome => {
  const read = await Promise.all(files.map(async (name) => ({ name, bytes: await bytesOf(name) })));
  return report(verifyBundle(read, keyring), output);
};

/** Everything there is, as one orchestrator has it; the sites' own chains where signalbox.yaml says which sites there are. */
export const verifyAuditOfAll = async (session: Session, keyring: Keyring | undefined): Outcome => {
  const { groups } = await session.api.get<StatusAnswer>('/status', ({ journal }) => journal.reachable);
  const sites = new Set([...(keyring?.values() ?? [])].map(({ site }) => site));
  const subjects = [...groups.map(({ group }) => ({ group })), ...[...sites].map((site) => ({ site }))];
  const files: AuditFile[] = [];
  for (const subject of subjects) {
    const name = 'group' in subject ? subject.group : `site ${subject.site}`;
    files.push({ name, bytes: Buffer.from(await session.api.text(pathTo(subject))) });
  }
  return report(verifyBundle(files, keyring), session);
};

export interface VerifyOutput {
  readonly terminal: Pick<Terminal, 'out'>;
  readonly json: boolean;
}

const pathTo = (subject: ExportSubject): string =>
  'group' in subject ? groupPath(subject.group, 'audit', 'export') : pathOf('audit', 'sites', subject.site, 'export');

const printLines = async ({ api, terminal }: Session, path: string): Outcome => {
  terminal.out((await api.text(path)).replace(/\n$/, ''));
  return EXIT.ok;
};

export const bytesOf = (file: string): Promise<Uint8Array> =>
  readFile(file).catch((error: unknown) => {
    throw new UsageError(
      `the export cannot be read: ${messageOf(error)}`,
      'make one with: signalbox audit export <group>',
    );
  });

const report = (verdict: BundleVerdict, { terminal, json }: VerifyOutput): Awaited<Outcome> => {
  if (json) terminal.out(JSON.stringify(asJson(verdict), null, 2));
  else for (const line of asText(verdict)) terminal.out(line);
  return isIntact(verdict) ? EXIT.ok : EXIT.auditBroken;
};

/** One element for each file, and one for what the sites signed where something of that is at hand. */
const asJson = (verdict: BundleVerdict) => {
  const { files, checkpoints, problems, remarks } = verdict;
  if (checkpoints + problems.length + remarks.length === 0) return files;
  return [...files, { name: 'checkpoints', verdict: { ok: problems.length === 0, checkpoints, problems, remarks } }];
};

const asText = ({ files, checkpoints, problems, remarks }: BundleVerdict): readonly string[] => [
  ...files.map(describe),
  ...problems.map(({ message }) => `BROKEN: ${message}`),
  ...remarks.map(({ message }) => `note: ${message}`),
  ...(checkpoints > 0 && problems.length === 0
    ? [`checkpoints: ok, ${counted(checkpoints, 'checkpoint')}, no contradiction`]
    : []),
];

const describe = ({ name, verdict }: BundleVerdict['files'][number]): string => {
  if (!verdict.ok) {
    const entry = verdict.sequence === undefined ? whereless(verdict.line) : `entry ${verdict.sequence}`;
    return `${name}: BROKEN at ${entry} (line ${verdict.line}): ${verdict.reason}`;
  }
  if ('chains' in verdict) {
    const chains = verdict.chains.map(({ chain, first, last }) => `entries ${first} to ${last} of ${inWords(chain)}`);
    return `${name}: ok, ${[...chains, counted(verdict.checkpoints, 'checkpoint')].join(', ')}`;
  }
  const { signature, signedBy, entries, group, site, head } = verdict;
  const signed = {
    valid: `signed by ${signedBy}`,
    unchecked: `names ${signedBy} as its signer, which was not checked`,
    absent: 'unsigned',
  };
  const whose = group ?? `site ${site}`;
  return `${name}: ok, ${entries} entries of ${whose}, head ${head.hash.slice(0, 12)}, ${signed[signature]}`;
};

const whereless = (line: number): string => (line === 1 ? 'the header' : 'a line that is none');

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
