/** Somebody who says, in a TXT record, that a name is theirs. */
export interface SaidOwner {
  /** By this it stands in messages, and in `adopt` of signalbox.yaml: `external-dns/cluster-1`. */
  readonly name: string;
  /** What it manages the name for, where it says so. */
  readonly resource?: string;
}

/** Whom a text of the form `heritage=…,label=value,…` names; undefined when it says nothing of an owner. Pure. */
export function ownerIn(text: string): SaidOwner | undefined {
  const said = labelsIn(text);
  const heritage = said.get('heritage');
  if (!heritage) return undefined;
  switch (heritage) {
    case 'external-dns': {
      const resource = said.get('external-dns/resource');
      return { name: `external-dns/${said.get('external-dns/owner') ?? ''}`, ...(resource && { resource }) };
    }
    case 'signalbox':
      return { name: signalboxName(said.get('installation') ?? '', said.get('group') ?? '') };
    default:
      return { name: heritage };
  }
}

/** As an owner: one group of one installation. */
export const signalboxName = (installation: string, group: string): string => `signalbox/${installation}/${group}`;

/** Some writers put quotation marks around all of it. */
function labelsIn(text: string): ReadonlyMap<string, string> {
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const pairs = bare.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()] as const;
  });
  return new Map(pairs.filter(([label]) => label !== ''));
}
