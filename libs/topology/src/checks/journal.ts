import type { Check } from './finding.js';

const isSecure = (address: string): boolean => address.startsWith('https:');

const membersAgreeOnTls: Check = function* ({ journal }) {
  const { members, otherWays } = journal;
  const all = Object.values(members).concat(Object.values(otherWays)).flat();
  if (all.every(isSecure) || !all.some(isSecure)) return;
  for (const [setting, addressesBySite] of Object.entries({ members, otherWays })) {
    for (const [site, addresses] of Object.entries(addressesBySite)) {
      for (const address of addresses.filter((each) => !isSecure(each))) {
        yield { at: ['journal', setting, site], found: address, expected: 'https://, as the other members have it' };
      }
    }
  }
};

/** Another way leads to a member that stands in `members`, over another address. */
const otherWaysLeadToMembers: Check = function* ({ journal: { members, otherWays } }) {
  const known = new Set(Object.values(members).flat());
  for (const [site, addresses] of Object.entries(otherWays)) {
    const at = ['journal', 'otherWays', site];
    if (!(site in members)) {
      yield { at, found: `${site}, which has no member`, expected: `one of: ${Object.keys(members).join(', ')}` };
    }
    for (const address of addresses.filter((each) => known.has(each))) {
      yield { at, found: `${address}, which stands in members`, expected: 'an address over another path' };
    }
  }
};

const secretsTravelEncrypted: Check = function* ({ journal: { members, tls, login } }) {
  const plain = Object.values(members)
    .flat()
    .find((address) => !isSecure(address));
  if (plain === undefined) return;
  const expected = (what: string) => `members at https://, or no journal.${what}`;
  if (login) yield { at: ['journal', 'login'], found: `a password for ${plain}`, expected: expected('login') };
  if (tls) yield { at: ['journal', 'tls'], found: `TLS for ${plain}`, expected: expected('tls') };
};

const certificatesHaveKeys: Check = function* ({ journal: { tls } }) {
  if (!tls || (tls.certificate === undefined) === (tls.key === undefined)) return;
  const [found, missing] = tls.key ? ['key', 'certificate'] : ['certificate', 'key'];
  yield { at: ['journal', 'tls'], found: `a ${found} alone`, expected: `both: ${missing}: { file: /run/secrets/… }` };
};

export const journalChecks: readonly Check[] = [
  membersAgreeOnTls,
  otherWaysLeadToMembers,
  secretsTravelEncrypted,
  certificatesHaveKeys,
];
