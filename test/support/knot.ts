import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FREE_NAMES, KEY, NAME, servesZone, ZONE, zoneFile, type PrimaryOptions } from './bind.js';
import { ChildPart } from './child-part.js';

/**
 * A real Knot DNS on 127.0.0.1, the primary of the zone. Returns once it serves it with authority.
 * @throws PortTakenError when somebody else has its port by now
 */
export async function startKnot(options: PrimaryOptions): Promise<ChildPart> {
  const file = (name: string) => join(options.directory, name);
  // It makes the folder of its journal when it has something to write, and fails when that is below a missing one.
  mkdirSync(file('journal'), { recursive: true });
  writeFileSync(file('zone'), zoneFile(options));
  writeFileSync(file('knot.conf'), config(options));
  const part = ChildPart.start('/usr/sbin/knotd', ['-c', file('knot.conf')]);
  await servesZone(part, options.port);
  return part;
}

const config = ({ directory, port }: PrimaryOptions): string => `server:
  rundir: ${directory}
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: ${directory}/journal
  journal-db-max-size: 64M
log:
  - target: stderr
    any: info
key:
  - id: ${KEY.name}
    algorithm: ${KEY.algorithm}
    secret: ${KEY.secret.export().toString('base64')}
acl:
  - id: own-name
    key: ${KEY.name}
    action: update
    update-type: [A, AAAA, CNAME, SRV, TXT]
    update-owner: name
    update-owner-match: equal
    update-owner-name: [${NAME}., _signalbox.${NAME}.]
  - id: free-names
    key: ${KEY.name}
    action: update
    update-owner: name
    update-owner-match: sub
    update-owner-name: [${FREE_NAMES}.]
zone:
  - domain: ${ZONE}
    storage: ${directory}
    file: zone
    acl: [own-name, free-names]
`;
