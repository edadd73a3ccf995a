/**
 * Who may write a group's topics on one site's cluster. Absolute: setting one value undoes whatever another one did.
 * - `clients`: the group's clients may, inbound replication may not. The active site.
 * - `inbound`: only the inbound flow's principal may. The standing fence of a passive site.
 * - `none`: nobody may, super users excepted. A fenced site, or a target between the two others.
 */
export type WriteAccess = 'clients' | 'inbound' | 'none';

/** State of one replication flow. `stopped` keeps the connectors and their offsets. */
export type MirrorState = 'running' | 'stopped';

/** Settings that clients read, whole: a key that is not here is not there. */
export type ConfigData = Readonly<Record<string, string>>;
