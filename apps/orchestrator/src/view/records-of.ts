import type { OneTarget } from '#libs/domain';

/** As zone files spell it. */
export interface PlainRecord {
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'SRV';
  readonly data: string;
}

/** The records that a name has while it points there; an alias has none of its own. */
export function recordsOf(target: OneTarget): readonly PlainRecord[] {
  switch (target.kind) {
    case undefined:
      return target.addresses.map((data) => ({ type: data.includes(':') ? 'AAAA' : 'A', data }));
    case 'cname':
      return [{ type: 'CNAME', data: `${target.canonicalName}.` }];
    case 'services':
      return target.services.map(({ priority, weight, port, host }) => ({
        type: 'SRV',
        data: `${priority} ${weight} ${port} ${host}.`,
      }));
    case 'alias':
      return [];
  }
}
