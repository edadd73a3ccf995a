import { DnsForeignRecordError } from './errors.js';
import type { NameChange } from './name-change.js';
import type { Applied } from './name-provider.js';
import type { NameServer } from './name-server.js';

/** What the update demands to be absent; SVCB and HTTPS are numbers to dns-packet. */
const ASKED = ['NS', 'MX', 'TXT', 'NAPTR', 'SSHFP', 'TLSA', 'CAA', 'UNKNOWN_64', 'UNKNOWN_65'] as const;
const SPELLED: Readonly<Record<string, string>> = { UNKNOWN_64: 'SVCB', UNKNOWN_65: 'HTTPS' };

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
  const names = lonely(change);
  // What is not as it was seen has been told of already.
  if (refused.outcome !== 'transient' || names.length === 0) return refused;
  const answers = await server.query(
    names.flatMap((name) => ASKED.map((type) => ({ name, type }))),
    signal,
  );
  const types = [...new Set(answers.flat().map(({ type }) => SPELLED[type] ?? type))];
  if (types.length === 0) return refused;
  const error = new DnsForeignRecordError(
    `${names.join(', ')} at ${server.address} has ${types.join(', ')} records, and a CNAME has nothing beside it: ` +
      'the server would drop one or the other; move those records to another name, or use addresses',
  );
  return { outcome: 'misconfigured', error };
}
