import { DnsForeignRecordError } from './errors.js';
import { isUnchanged, type NameChange } from './name-change.js';
import type { Applied } from './name-provider.js';
import type { NameServer } from './name-server.js';

/** Of what may stand beside addresses; the server compares more, and we can ask for these. */
const ASKED = ['NS', 'MX', 'TXT', 'NAPTR', 'SSHFP', 'TLSA', 'CAA'] as const;

/** Names that become a CNAME, which stands alone. One that is a CNAME already does. */
export const lonely = ({ names }: NameChange): readonly string[] =>
  names
    .filter(
      ({ seen, sets }) =>
        [sets, seen.sets].map((all) => all.some(({ type }) => type === 'CNAME')).join() === 'true,false',
    )
    .map(({ seen }) => seen.name);

/** Why a change was refused though nothing of what it compares is different: other records stand beside a CNAME of it. */
export async function companyOf(
  server: Pick<NameServer, 'address' | 'query'>,
  change: NameChange,
  refused: Applied,
  signal: AbortSignal,
): Promise<Applied> {
  if (refused.outcome !== 'changed-by-somebody-else') return refused;
  const isAsSeen = change.names.every(({ seen }, index) => isUnchanged(seen, refused.holds[index]!));
  const names = lonely(change);
  if (!isAsSeen || names.length === 0) return refused;
  const answers = await server.query(
    names.flatMap((name) => ASKED.map((type) => ({ name, type }))),
    signal,
  );
  const types = [...new Set(answers.flat().map(({ type }) => type))];
  const error = new DnsForeignRecordError(
    `${names.join(', ')} at ${server.address} has ${types.join(', ') || 'other'} records, and a CNAME has nothing beside it: ` +
      'the server would drop one or the other; move those records to another name, or use addresses',
  );
  return { outcome: 'misconfigured', error };
}
