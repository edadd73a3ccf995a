import { DnsForeignRecordError } from './errors.js';
import type { SeenName } from './name-change.js';
import type { DnsRecord, NameServer } from './name-server.js';
import { canonicalName, canonicalSet, canonicalSets, type RecordSet, type RecordType } from './record-set.js';
import { stampIn, stampName, UNSTAMPED } from './stamp.js';

const MANAGED = ['A', 'AAAA', 'SRV'] as const;

/**
 * What one server holds for every name, by several queries: a change between them shows as a mixture, which the
 * prerequisites of a write then refuse.
 * @throws UnavailableError, DnsForeignRecordError
 */
export async function seenAt(
  server: Pick<NameServer, 'address' | 'query'>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly SeenName[]> {
  const questions = names.flatMap((name) => [
    ...MANAGED.map((type) => ({ name, type })),
    { name: stampName(name), type: 'TXT' as const },
  ]);
  const answers = await server.query(questions, signal);
  const perName = MANAGED.length + 1;
  return names.map((name, index) => {
    const mine = answers.slice(index * perName, (index + 1) * perName);
    const stampSet = setsIn(mine.at(-1)!, stampName(name)).find(({ type }) => type === 'TXT');
    return { name, sets: setsIn(mine.slice(0, -1).flat(), name), ...stampFrom(stampSet, server.address) };
  });
}

/** Of this name alone: a server adds where a CNAME leads. An alias is in the answer to every question, and counts once. */
function setsIn(records: readonly DnsRecord[], name: string): readonly RecordSet[] {
  const sets = new Map<string, RecordSet>();
  for (const { name: owner, type, data, ttlSeconds } of records) {
    if (canonicalName(owner) !== canonicalName(name) || !isManaged(type)) continue;
    const set = sets.get(type) ?? { name, type, values: [], ttlSeconds };
    if (!set.values.includes(data)) sets.set(type, { ...set, values: [...set.values, data] });
  }
  return canonicalSets([...sets.values()]);
}

const isManaged = (type: string): type is RecordType => ['A', 'AAAA', 'CNAME', 'SRV', 'TXT'].includes(type);

/**
 * The stamp in a TXT beside a name. `where` says who holds it.
 * @throws DnsForeignRecordError where the record is not a stamp
 */
export function stampFrom(set: RecordSet | undefined, where: string): Pick<SeenName, 'stamp' | 'stampSet'> {
  if (set === undefined) return { stamp: UNSTAMPED };
  const stamp = set.values.length === 1 ? stampIn(set.values[0]!) : undefined;
  if (stamp === undefined)
    throw new DnsForeignRecordError(
      `${set.name} at ${where} holds TXT ${JSON.stringify(set.values)} instead of one stamp of Signalbox; ` +
        'the epoch of the name is kept there: find out who writes it, then delete that record',
    );
  return { stamp, stampSet: canonicalSet(set) };
}
