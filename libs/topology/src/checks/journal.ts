import type { Check } from './finding.js';

const isSecure = (address: string): boolean => address.startsWith('https:');

const membersAgreeOnTls: Check = function* ({ journal }) {
  const all = Object.values(journal.members).flat();
  if (all.every(isSecure) || !all.some(isSecure)) return;
  for (const [site, addresses] of Object.entries(journal.members)) {
    for (const address of addresses) {
      if (isSecure(address)) continue;
      yield { at: ['journal', 'members', site], found: address, expected: 'https://, as the other members have it' };
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

export const journalChecks: readonly Check[] = [membersAgreeOnTls, secretsTravelEncrypted, certificatesHaveKeys];
