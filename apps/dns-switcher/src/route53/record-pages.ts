import type { ListResourceRecordSetsCommandOutput, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { canonicalName } from '../record-set.js';

/** Where a page begins. */
export interface PageStart {
  readonly name: string;
  readonly type?: ResourceRecordSet['Type'];
  readonly identifier?: string;
}

export type Page = Pick<
  ListResourceRecordSetsCommandOutput,
  'ResourceRecordSets' | 'IsTruncated' | 'NextRecordName' | 'NextRecordType' | 'NextRecordIdentifier'
>;

/**
 * All sets at the names, in as few pages as they take: a page goes on behind its start in the zone's order, and mostly
 * holds the stamp and the neighbours of the name that it was asked for.
 */
export async function setsAt(
  names: readonly string[],
  page: (start: PageStart) => Promise<Page>,
): Promise<ReadonlyMap<string, readonly ResourceRecordSet[]>> {
  const found = new Map<string, ResourceRecordSet[]>(names.map((name) => [canonicalName(name), []]));
  const wanted = [...found.keys()].toSorted((one, other) => (zoneOrder(one) < zoneOrder(other) ? -1 : 1));
  let start: PageStart | undefined = wanted[0] === undefined ? undefined : { name: wanted[0] };
  while (start !== undefined) {
    const { ResourceRecordSets: sets = [], ...end } = await page(start);
    for (const set of sets) found.get(canonicalName(set.Name ?? ''))?.push(set);
    start = nextStart(wanted, end);
  }
  return found;
}

function nextStart(wanted: readonly string[], end: Omit<Page, 'ResourceRecordSets'>): PageStart | undefined {
  if (!end.IsTruncated || end.NextRecordName === undefined) return undefined;
  const next = canonicalName(end.NextRecordName);
  const name = wanted.find((each) => zoneOrder(each) >= zoneOrder(next));
  if (name === undefined || name !== next) return name === undefined ? undefined : { name };
  const { NextRecordType: type, NextRecordIdentifier: identifier } = end;
  return { name, ...(type && { type }), ...(identifier && { identifier }) };
}

/** Labels reversed, with a final dot: how Route 53 sorts. */
const zoneOrder = (name: string): string => `${name.split('.').toReversed().join('.')}.`;
